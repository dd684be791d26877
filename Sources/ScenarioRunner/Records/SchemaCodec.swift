import Scenarios

/// How versions of an application turn a row of the system of record into a value for the cache, and back.
///
/// A row has all columns, each with the stamp of who wrote it last. A value has the fields that one version knows, and says
/// which version that is:
///
///     row    {"name":{"stamp":"0.1","value":"Ada"},"telephone":{…},"loyalty":{…}}
///     value  {"schema":2,"name":{"stamp":"0.1","value":"Ada"},"phone":{…},"loyalty":{…}}
enum SchemaCodec {
    /// A row that one writer wrote whole.
    static func row(of record: Record, stamp: String) -> [UInt8] {
        object(record.text.members.map { ($0.name, cell($0.value, stamp)) })
    }

    /// What a version of the application writes.
    static func value(of record: Record, stamp: String, as schema: RecordSchema) -> [UInt8] {
        value(ofRow: row(of: record, stamp: stamp), as: schema)
    }

    /// What a version of the application makes of a row. What the row lacks is null.
    static func value(ofRow row: [UInt8], as schema: RecordSchema) -> [UInt8] {
        let cells = Dictionary(JSONDocument(unchecked: row).members.map { ($0.name, $0.value) }) { first, _ in first }
        return object(
            [(RecordSchema.mark, Array("\(schema.version)".utf8))]
                + schema.fields.map { ($0.name, cells[$0.column] ?? Array("null".utf8)) })
    }

    /// The row after a version of the application has written a value: the columns that it does not know stay as they were.
    /// - Parameter row: `nil` if there was none.
    static func row(_ row: [UInt8]?, after value: [UInt8], as schema: RecordSchema) -> [UInt8] {
        let written = Dictionary(JSONDocument(unchecked: value).members.map { ($0.name, $0.value) }) { first, _ in first
        }
        var cells = row.map { JSONDocument(unchecked: $0).members } ?? []
        for field in schema.fields {
            guard let cell = written[field.name] else { continue }
            if let place = cells.firstIndex(where: { $0.name == field.column }) {
                cells[place].value = cell
            } else {
                cells.append((field.column, cell))
            }
        }
        return object(cells)
    }

    /// The version that a value says it is of; `nil` if it is no value of a record with schemas.
    static func version(of value: [UInt8]) -> Int? {
        let start = Array("{\"\(RecordSchema.mark)\":".utf8)
        guard value.starts(with: start) else { return nil }
        return Int(String(decoding: value[start.count...].prefix { $0 != UInt8(ascii: ",") }, as: UTF8.self))
    }

    private static func cell(_ value: [UInt8], _ stamp: String) -> [UInt8] {
        Array("{\"stamp\":\"\(stamp)\",\"value\":".utf8) + value + Array("}".utf8)
    }

    private static func object(_ members: [(name: String, value: [UInt8])]) -> [UInt8] {
        let parts = members.map { Array("\"\($0.name)\":".utf8) + $0.value }
        return Array("{".utf8) + parts.joined(separator: [UInt8(ascii: ",")]) + Array("}".utf8)
    }
}

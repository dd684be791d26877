import Scenarios

/// The values that a run writes: each different, and as its key's data set declares.
enum Values {
    /// - Parameters:
    ///   - writer: the number of a worker.
    ///   - count: how many this writer has written, this one included.
    ///   - application: the version of the application that writes.
    static func make(for key: KeyInUse, writer: Int, count: Int, application: Int) -> [UInt8] {
        guard let record = key.record else { return anything(for: key, writer: writer, count: count) }
        let stamp = Self.stamp(key, writer, count)
        guard let schema = key.schemas.first(where: { $0.version == application }) else {
            return stamped(record.text.bytes, stamp, atLeast: key.valueSize)
        }
        return SchemaCodec.value(of: record, stamp: stamp, as: schema)
    }

    /// What is in the origin before anything else, written by nobody. With schemas, that is a row with all of its columns.
    static func initial(for key: KeyInUse, count: Int) -> [UInt8] {
        guard let record = key.record, !key.schemas.isEmpty else {
            return make(for: key, writer: -1, count: count, application: 0)
        }
        return SchemaCodec.row(of: record, stamp: stamp(key, -1, count))
    }

    private static func stamp(_ key: KeyInUse, _ writer: Int, _ count: Int) -> String {
        owner(of: key) + "\(writer).\(count)"
    }

    /// A tenant's name may hold anything, so it is told by the numbers of its bytes.
    private static func owner(of key: KeyInUse) -> String {
        key.tenant.isEmpty ? "" : key.tenant.utf8.map { String($0, radix: 16) }.joined() + " "
    }

    private static func anything(for key: KeyInUse, writer: Int, count: Int) -> [UInt8] {
        let size = key.valueSize
        var bytes = Array("\(owner(of: key))writer \(writer) write \(count) ".utf8)
        if bytes.count < size { bytes.append(contentsOf: repeatElement(UInt8(ascii: "."), count: size - bytes.count)) }
        return Array(bytes.prefix(max(size, 0)))
    }

    /// The record as it stands in its file, with who wrote it, and with padding up to a size.
    private static func stamped(_ record: [UInt8], _ stamp: String, atLeast size: Int) -> [UInt8] {
        var bytes = Array("{\"stamp\":\"\(stamp)\",\"record\":".utf8) + record
        let frame = Array(",\"padding\":\"".utf8)
        let missing = size - bytes.count - frame.count - 2
        if missing > 0 { bytes += frame + repeatElement(UInt8(ascii: "."), count: missing) + Array("\"".utf8) }
        return bytes + Array("}".utf8)
    }
}

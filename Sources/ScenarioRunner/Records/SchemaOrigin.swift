import CacheHierarchy
import Scenarios

/// What the versions of an application know of a scenario's data.
struct SchemaTable: Sendable {
    /// By key; those of which all versions know everything have none.
    private let schemas: [String: [RecordSchema]]

    init(_ keys: [KeyInUse]) {
        let known = keys.filter { !$0.schemas.isEmpty }
        schemas = Dictionary(known.map { ($0.name, $0.schemas) }) { first, _ in first }
    }

    /// What one version sees; `nil` if it sees what is there.
    func view(of version: Int, in configuration: HierarchyConfiguration) -> View? {
        guard !schemas.isEmpty else { return nil }
        return View(
            version: version, schemas: schemas.compactMapValues { $0.first { $0.version == version } },
            losesFields: configuration.defects.contains(.lostFields))
    }

    /// What one version of the application knows.
    struct View: Sendable {
        let version: Int
        let schemas: [String: RecordSchema]
        /// The defect `lost-fields`.
        let losesFields: Bool

        /// Whether a value is one of this version, or of a record without schemas.
        func canRead(_ value: [UInt8]) -> Bool { SchemaCodec.version(of: value).map { $0 == version } ?? true }
    }
}

/// The origin as one version of the application sees it: it loads the fields that the version knows, and a write changes
/// those of the row and no others.
struct SchemaOrigin: Origin {
    let base: any SeededOrigin
    let view: SchemaTable.View

    func load(_ key: String) async throws -> OriginRecord {
        seen(try await base.load(key), of: key)
    }

    func load(_ keys: [String]) async throws -> [OriginRecord] {
        zip(keys, try await base.load(keys)).map { seen($1, of: $0) }
    }

    private func seen(_ record: OriginRecord, of key: String) -> OriginRecord {
        guard let schema = view.schemas[key] else { return record }
        var record = record
        record.value = record.value.map { SchemaCodec.value(ofRow: $0, as: schema) }
        return record
    }

    func commit(_ key: String, value: [UInt8]?, tags: [String]) async throws -> Int64 {
        guard let schema = view.schemas[key], let value else {
            return try await base.commit(key, value: value, tags: tags)
        }
        let losesFields = view.losesFields
        return try await base.update(key, tags: tags) { row in
            SchemaCodec.row(losesFields ? nil : row, after: value, as: schema)
        }
    }
}

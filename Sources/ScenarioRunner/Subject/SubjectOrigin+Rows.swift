import CacheHierarchy
import Scenarios
import Support

// The rows of a subject's origin, for whoever drives the cluster.

extension SubjectOrigin {
    func seed(_ records: [(key: String, value: [UInt8], tags: [String])]) async throws -> [Int64] {
        records.map { record in keys[NameKey(record.key)].map(place) ?? 0 }
    }

    /// A key exists from the beginning.
    /// - Returns: its version.
    package func place(_ key: KeyInUse) -> Int64 {
        state.withLock { state in
            state.issues.append(Issue(key: key, version: 1))
            state.rows[NameKey(key.name)] = Row(version: 1, number: Int64(state.issues.count))
            return 1
        }
    }

    /// The version of a key; 0 if there never was one.
    package func version(of key: String) -> Int64 { state.withLock { $0.rows[NameKey(key)]?.version ?? 0 } }

    /// `version 3`, of a value that the runner gave; `nil` for any other text.
    package func words(ofValue text: String) -> String? {
        state.withLock { state in
            guard let number = Self.number(in: text, state.issues) else { return nil }
            let version = state.issues[Int(number) - 1].version
            return version == 0 ? "a value that was never committed" : "version \(version)"
        }
    }

    package func load(_ key: String) async throws -> OriginRecord {
        let row = state.withLock { $0.rows[NameKey(key)] } ?? Row()
        guard let key = keys[NameKey(key)], let number = row.number else {
            return OriginRecord(version: row.version, value: nil, tags: [])
        }
        return OriginRecord(version: row.version, value: Array(Self.text(number, key).utf8), tags: key.tags)
    }

    package func commit(_ key: String, value: [UInt8]?, tags: [String]) async throws -> Int64 {
        throw FaultError(.failed, "only the subject commits to its origin")
    }

    func update(_ key: String, tags: [String], _ change: @escaping @Sendable ([UInt8]?) -> [UInt8]?) async throws
        -> Int64
    {
        throw FaultError(.failed, "the rows of a subject's origin are not changed in place")
    }
}

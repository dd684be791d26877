import History
import Support

/// An origin in memory, for simulations and tests: what it holds is gone with the process.
public final class MemoryOrigin: Origin {
    private let records = Lock<[NameKey: OriginRecord]>([:])

    public init() {}

    public func load(_ key: String) async throws -> OriginRecord { records.withLock { Self.record(key, in: $0) } }

    public func load(_ keys: [String]) async throws -> [OriginRecord] {
        records.withLock { records in keys.map { Self.record($0, in: records) } }
    }

    private static func record(_ key: String, in records: [NameKey: OriginRecord]) -> OriginRecord {
        records[NameKey(key)] ?? OriginRecord(version: 0, value: nil, tags: [])
    }

    public func commit(_ key: String, value: [UInt8]?, tags: [String]) async throws -> Int64 {
        records.withLock { Self.store(key, value, tags, in: &$0) }
    }

    /// Replaces the value of a key by what becomes of it, in one step.
    /// - Parameter change: given the present value, `nil` if there is none.
    /// - Returns: the version given to it.
    public func update(
        _ key: String, tags: [String], _ change: @Sendable ([UInt8]?) -> [UInt8]?
    ) async throws -> Int64 {
        records.withLock { Self.store(key, change($0[NameKey(key)]?.value), tags, in: &$0) }
    }

    /// Writes many keys at once; for setting up.
    /// - Returns: the versions, in the order of the records.
    public func seed(_ records: [(key: String, value: [UInt8], tags: [String])]) async throws -> [Int64] {
        self.records.withLock { stored in records.map { Self.store($0.key, $0.value, $0.tags, in: &stored) } }
    }

    private static func store(
        _ key: String, _ value: [UInt8]?, _ tags: [String], in records: inout [NameKey: OriginRecord]
    ) -> Int64 {
        let name = NameKey(key)
        let version = (records[name]?.version ?? 0) + 1
        records[name] = OriginRecord(version: version, value: value, tags: tags)
        return version
    }
}

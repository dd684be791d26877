/// The system of record: where the truth is. A cache asks it last and tells it first.
///
/// What a cache needs of it: a committed write is durable and seen by every later load, and each write of a key is given a
/// version greater than all before (a deletion too).
public protocol Origin: Sendable {
    /// The newest committed state of a key. A key that was never written has version 0 and no value.
    func load(_ key: String) async throws -> OriginRecord
    /// The newest committed states of several keys, in their order: each as it is at some moment during the call.
    func load(_ keys: [String]) async throws -> [OriginRecord]
    /// Commits a value, or a deletion if `value` is `nil`.
    /// - Returns: the version given to it.
    /// - Throws: anything. Whether it was committed all the same is open then.
    func commit(_ key: String, value: [UInt8]?, tags: [String]) async throws -> Int64
}

extension Origin {
    /// One after the other.
    public func load(_ keys: [String]) async throws -> [OriginRecord] {
        var records: [OriginRecord] = []
        for key in keys { records.append(try await load(key)) }
        return records
    }
}

/// A key as the origin knows it.
public struct OriginRecord: Sendable, Hashable {
    /// 0 if the key was never written.
    public var version: Int64
    /// `nil` if it was deleted or never written.
    public var value: [UInt8]?
    public var tags: [String]

    public init(version: Int64, value: [UInt8]?, tags: [String]) {
        self.version = version
        self.value = value
        self.tags = tags
    }
}

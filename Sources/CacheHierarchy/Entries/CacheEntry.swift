import History
import Support

/// What a layer holds for one key. Immutable, so that handing it from one layer to the next is one reference.
public final class CacheEntry: Sendable {
    /// The key.
    public var key: String { name.text }
    package let name: NameKey
    /// The version that the origin gave to this value. Greater is newer.
    public let version: Int64
    /// The value; `nil` says that the key was deleted (or never written, if the version is 0).
    public let value: [UInt8]?
    /// The groups that it belongs to, as the origin recorded them with this version.
    public let tags: [String]
    /// Logical time: the entry was certainly current when the invalidation clock showed this. Every invalidation with a
    /// later logical time concerns it, no earlier one does.
    public let asOf: Int64
    /// Nanoseconds on the instance's clock; from then on the entry must not be served.
    public let deadline: Int64

    public convenience init(
        key: String, version: Int64, value: [UInt8]?, tags: [String], asOf: Int64, deadline: Int64
    ) {
        self.init(
            name: NameKey(key), version: version, value: value, tags: tags, asOf: asOf, deadline: deadline)
    }

    init(name: NameKey, version: Int64, value: [UInt8]?, tags: [String], asOf: Int64, deadline: Int64) {
        self.name = name
        self.version = version
        self.value = value
        self.tags = tags
        self.asOf = asOf
        self.deadline = deadline
    }

    /// What the origin has answered, before any layer has limited it.
    convenience init(name: NameKey, record: OriginRecord, asOf: Int64) {
        self.init(
            name: name, version: record.version, value: record.value, tags: record.tags, asOf: asOf,
            deadline: Int64.max)
    }

    /// What the origin has answered to a reader who keeps nothing.
    convenience init(unkept record: OriginRecord, of name: NameKey) {
        self.init(
            name: name, version: record.version, value: record.value, tags: record.tags, asOf: 0, deadline: Int64.min)
    }

    /// The same entry, kept no longer than `limit`.
    func limited(to limit: Int64) -> CacheEntry { deadline <= limit ? self : with(deadline: limit) }

    /// The same entry with another deadline.
    func with(deadline: Int64) -> CacheEntry {
        CacheEntry(name: name, version: version, value: value, tags: tags, asOf: asOf, deadline: deadline)
    }

    /// The same entry, known to be current at `time`.
    func confirmed(at time: Int64) -> CacheEntry {
        asOf >= time
            ? self : CacheEntry(name: name, version: version, value: value, tags: tags, asOf: time, deadline: deadline)
    }
}

/// The disk of one host (L3), shared by the instances that run there. A seam: live it is ``SQLiteHostStore``.
///
/// It obeys the same rule as every layer: an entry is kept and served only if it was current at the floors of its key and
/// of its tags, or later; and a newer version is never replaced by an older one.
public protocol HostStore: Sendable {
    /// The entry, if it may be served at `now`.
    func read(_ key: String, now: Int64) async throws -> CacheEntry?
    /// The entries of several keys that may be served at `now`, in the order of the keys.
    func read(_ keys: [String], now: Int64) async throws -> [CacheEntry?]
    /// Stores the entry unless a floor or a newer version forbids it.
    func fill(_ entry: CacheEntry, ignoringFloors: Bool) async throws -> HostFill
    /// Stores several entries, each as ``fill(_:ignoringFloors:)-(CacheEntry,_)`` would, in their order.
    /// - Returns: what came of each, in their order.
    func fill(_ entries: [CacheEntry], ignoringFloors: Bool) async throws -> [HostFill]
    /// Raises floors and drops what lies below. Idempotent: the instances of a host all say the same.
    func apply(_ invalidations: [StampedInvalidation]) async throws
    /// The entries of these keys that may be served at `now`.
    func inspect(_ keys: [String], now: Int64) async throws -> [String: CacheEntry]
}

extension HostStore {
    /// One after the other.
    public func read(_ keys: [String], now: Int64) async throws -> [CacheEntry?] {
        var entries: [CacheEntry?] = []
        for key in keys { entries.append(try await read(key, now: now)) }
        return entries
    }

    /// One after the other.
    public func fill(_ entries: [CacheEntry], ignoringFloors: Bool) async throws -> [HostFill] {
        var outcomes: [HostFill] = []
        for entry in entries { outcomes.append(try await fill(entry, ignoringFloors: ignoringFloors)) }
        return outcomes
    }
}

/// What came of an entry that was offered to a ``HostStore``.
public enum HostFill: Sendable, Hashable {
    /// A floor or a newer version forbade it.
    case refused
    /// It was stored. To make room the entries of these keys were given up, in any order; its own may be among them.
    case stored(evicted: [String])
}

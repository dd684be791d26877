/// The disk of one host (L3), shared by the instances that run there. A seam: live it is ``SQLiteHostStore``.
///
/// It obeys the same rule as every layer: an entry is kept and served only if it was current at the floors of its key and
/// of its tags, or later; and a newer version is never replaced by an older one.
public protocol HostStore: Sendable {
    /// The entry, if it may be served at `now`.
    func read(_ key: String, now: Int64) async throws -> CacheEntry?
    /// Stores the entry unless a floor or a newer version forbids it.
    func fill(_ entry: CacheEntry, ignoringFloors: Bool) async throws -> HostFill
    /// Raises floors and drops what lies below. Idempotent: the instances of a host all say the same.
    func apply(_ invalidations: [StampedInvalidation]) async throws
    /// The entries of these keys that may be served at `now`.
    func inspect(_ keys: [String], now: Int64) async throws -> [String: CacheEntry]
}

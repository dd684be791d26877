import History
import Support

/// L3 in memory, for simulations and tests. It keeps to the same rules as ``SQLiteHostStore``, and gives up the same
/// entries when it is full.
public final class MemoryHostStore: HostStore {
    private struct State {
        var entries: [NameKey: CacheEntry] = [:]
        var keyFloors = FloorTable(capacity: SQLiteHostStore.floorCapacity)
        var tagFloors = FloorTable(capacity: SQLiteHostStore.floorCapacity)
        var writes = 0

        func admits(_ entry: CacheEntry) -> Bool {
            keyFloors.admits(entry.name, asOf: entry.asOf)
                && entry.tags.allSatisfy { tagFloors.admits(NameKey($0), asOf: entry.asOf) }
        }

        func entry(_ key: String, now: Int64) -> CacheEntry? {
            guard let entry = entries[NameKey(key)], entry.deadline > now, admits(entry) else { return nil }
            return entry
        }
    }

    /// The most entries held.
    public let capacity: Int
    private let state = Lock(State())

    public init(capacity: Int) { self.capacity = capacity }

    public func read(_ key: String, now: Int64) async throws -> CacheEntry? {
        state.withLock { $0.entry(key, now: now) }
    }

    public func read(_ keys: [String], now: Int64) async throws -> [CacheEntry?] {
        state.withLock { state in keys.map { state.entry($0, now: now) } }
    }

    public func fill(_ entry: CacheEntry, ignoringFloors: Bool) async throws -> HostFill {
        state.withLock { fill(entry, ignoringFloors: ignoringFloors, &$0) }
    }

    public func fill(_ entries: [CacheEntry], ignoringFloors: Bool) async throws -> [HostFill] {
        state.withLock { state in entries.map { fill($0, ignoringFloors: ignoringFloors, &state) } }
    }

    private func fill(_ entry: CacheEntry, ignoringFloors: Bool, _ state: inout State) -> HostFill {
        state.writes += 1
        guard ignoringFloors || state.admits(entry) else { return .refused }
        let name = entry.name
        if let present = state.entries[name], present.version > entry.version { return .refused }
        state.entries[name] = entry
        let isTrimDue = state.writes % SQLiteHostStore.writesBetweenTrims == 0
        return .stored(evicted: isTrimDue ? trim(&state) : [])
    }

    public func apply(_ invalidations: [StampedInvalidation]) async throws {
        state.withLock { state in
            state.writes += 1
            for stamped in invalidations {
                for key in stamped.invalidation.keys {
                    let name = NameKey(key)
                    state.keyFloors.raise(name, to: stamped.time)
                    if let present = state.entries[name], present.asOf < stamped.time { state.entries[name] = nil }
                }
                for tag in stamped.invalidation.tags { state.tagFloors.raise(NameKey(tag), to: stamped.time) }
            }
        }
    }

    public func inspect(_ keys: [String], now: Int64) async throws -> [String: CacheEntry] {
        state.withLock { state in
            var found: [String: CacheEntry] = [:]
            for key in keys { found[key] = state.entry(key, now: now) }
            return found
        }
    }

    /// - Returns: the keys of what was given up.
    private func trim(_ state: inout State) -> [String] {
        let excess = state.entries.count - capacity
        guard excess > 0 else { return [] }
        let first = state.entries.values.sorted { ($0.deadline, $0.key) < ($1.deadline, $1.key) }.prefix(excess)
        for entry in first { state.entries[entry.name] = nil }
        return first.map(\.key)
    }
}

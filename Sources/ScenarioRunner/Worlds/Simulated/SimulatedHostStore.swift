import CacheHierarchy
import Simulation

/// The disk of a host, which several instances use: between the request and the answer others may come first.
struct SimulatedHostStore: HostStore {
    private let store: MemoryHostStore

    init(capacity: Int) { store = MemoryHostStore(capacity: capacity) }

    func read(_ key: String, now: Int64) async throws -> CacheEntry? {
        await Simulation.point("read L3")
        let entry = try await store.read(key, now: now)
        await Simulation.point("have read L3")
        return entry
    }

    func fill(_ entry: CacheEntry, ignoringFloors: Bool) async throws -> Bool {
        await Simulation.point("fill L3")
        let isKept = try await store.fill(entry, ignoringFloors: ignoringFloors)
        await Simulation.point("have filled L3")
        return isKept
    }

    func apply(_ invalidations: [StampedInvalidation]) async throws {
        await Simulation.point("apply to L3")
        try await store.apply(invalidations)
        await Simulation.point("have applied to L3")
    }

    func inspect(_ keys: [String], now: Int64) async throws -> [String: CacheEntry] {
        try await store.inspect(keys, now: now)
    }
}

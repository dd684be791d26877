import CacheHierarchy
import Simulation

/// The disk of a host, which several instances use: between the request and the answer others may come first, in the
/// order that the clock's points decide.
final class PointedHostStore<Store: HostStore, Clock: PointedClock>: HostStore {
    private let store: Store
    private let number: Int
    private let clock: Clock

    /// - Parameter number: of the host.
    init(store: Store, number: Int, clock: Clock) {
        self.store = store
        self.number = number
        self.clock = clock
    }

    func read(_ key: String, now: Int64) async throws -> CacheEntry? {
        await clock.point("read L3", touching: .disk(host: number, key: key), writes: false)
        Simulation.touch(SimulatedPart.diskTags(host: number), .reads)
        let entry = try await store.read(key, now: now)
        // After a miss the shared tier is asked next; what was found is judged by what the instance knows.
        if entry == nil { await clock.waypoint("have read L3") } else { await clock.point("have read L3") }
        return entry
    }

    func read(_ keys: [String], now: Int64) async throws -> [CacheEntry?] {
        guard let first = keys.first else { return [] }
        await clock.point("read L3", touching: .disk(host: number, key: first), writes: false)
        for key in keys.dropFirst() { Simulation.touch(SimulatedPart.disk(host: number, key: key), .reads) }
        Simulation.touch(SimulatedPart.diskTags(host: number), .reads)
        let entries = try await store.read(keys, now: now)
        if entries.allSatisfy({ $0 == nil }) {
            await clock.waypoint("have read L3")
        } else {
            await clock.point("have read L3")
        }
        return entries
    }

    func fill(_ entry: CacheEntry, ignoringFloors: Bool) async throws -> HostFill {
        await clock.point("fill L3", touching: .disk(host: number, key: entry.key), writes: true)
        Simulation.touch(SimulatedPart.diskTags(host: number), .reads)
        let outcome = try await store.fill(entry, ignoringFloors: ignoringFloors)
        await clock.point("have filled L3")
        return outcome
    }

    func fill(_ entries: [CacheEntry], ignoringFloors: Bool) async throws -> [HostFill] {
        guard let first = entries.first else { return [] }
        await clock.point("fill L3", touching: .disk(host: number, key: first.key), writes: true)
        for entry in entries.dropFirst() { Simulation.touch(SimulatedPart.disk(host: number, key: entry.key), .writes) }
        Simulation.touch(SimulatedPart.diskTags(host: number), .reads)
        let outcomes = try await store.fill(entries, ignoringFloors: ignoringFloors)
        await clock.point("have filled L3")
        return outcomes
    }

    func apply(_ invalidations: [StampedInvalidation]) async throws {
        let changesTags = invalidations.contains { !$0.invalidation.tags.isEmpty }
        // Whoever calls it has just been given its turn, to apply what it knows.
        await clock.waypoint("apply to L3")
        Simulation.touch(SimulatedPart.diskTags(host: number), changesTags ? .writes : .reads)
        for stamped in invalidations {
            for key in stamped.invalidation.keys {
                Simulation.touch(SimulatedPart.disk(host: number, key: key), .writes)
            }
        }
        try await store.apply(invalidations)
        await clock.point("have applied to L3")
    }

    func inspect(_ keys: [String], now: Int64) async throws -> [String: CacheEntry] {
        try await store.inspect(keys, now: now)
    }
}

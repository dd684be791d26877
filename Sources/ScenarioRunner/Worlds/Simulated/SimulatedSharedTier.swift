import CacheHierarchy
import Locking
import Simulation

/// The shared tier at the other end of a network. Requests and answers take their time, and so do the messages of the bus,
/// which each instance receives in order but not when others do.
final class SimulatedSharedTier: SharedTier {
    private let tier: LocalSharedTier
    private let mailboxes = Lock<[String: Mailbox<[SharedTierEvent]>]>([:])

    init(clock: any CacheClock) { tier = LocalSharedTier(clock: clock) }

    func join(
        _ instance: String, lease: Int64, onEvents: @escaping @Sendable ([SharedTierEvent]) -> Void
    ) async throws {
        let mailbox = Mailbox<[SharedTierEvent]>()
        mailboxes.withLock { $0[instance] = mailbox }
        // Ends when the instance leaves: its mailbox is closed then.
        Task {
            await Simulation.named("bus to \(instance)") {
                while let events = await mailbox.take() {
                    await Simulation.point("deliver")
                    onEvents(events)
                }
            }
        }
        try await tier.join(instance, lease: lease) { mailbox.put($0) }
    }

    func renew(_ instance: String, lease: Int64, applied: Int64) async throws -> Renewal {
        await Simulation.point("renew")
        let renewal = try await tier.renew(instance, lease: lease, applied: applied)
        await Simulation.point("have renewed")
        return renewal
    }

    func leave(_ instance: String) async {
        await tier.leave(instance)
        mailboxes.withLock { $0.removeValue(forKey: instance) }?.close()
    }

    func read(_ key: String) async throws -> SharedLookup {
        await Simulation.point("read redis")
        let lookup = try await tier.read(key)
        await Simulation.point("have read redis")
        return lookup
    }

    func fill(
        _ entry: CacheEntry, token: FillToken, lifetime: Int64, ignoringFloors: Bool
    ) async throws -> Bool {
        await Simulation.point("fill redis")
        let isKept = try await tier.fill(entry, token: token, lifetime: lifetime, ignoringFloors: ignoringFloors)
        await Simulation.point("have filled redis")
        return isKept
    }

    func announce(_ invalidation: Invalidation) async throws -> Announcement {
        await Simulation.point("announce")
        let announcement = try await tier.announce(invalidation)
        await Simulation.point("have announced")
        return announcement
    }

    func acknowledge(_ time: Int64, by instance: String, to sender: String) async throws {
        await Simulation.point("acknowledge")
        try await tier.acknowledge(time, by: instance, to: sender)
    }

    func logicalTime() async throws -> Int64 { try await tier.logicalTime() }

    func liveInstances() async throws -> Set<String> { try await tier.liveInstances() }

    func inspect(_ keys: [String]) async throws -> [String: CacheEntry] { try await tier.inspect(keys) }
}

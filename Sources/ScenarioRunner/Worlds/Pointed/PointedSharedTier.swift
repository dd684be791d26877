import CacheHierarchy
import Locking
import Simulation

/// The shared tier at the other end of a network. Requests and answers take their time, and so do the messages of the bus,
/// which each instance receives in order but not when others do. The clock's points decide how long.
final class PointedSharedTier<Tier: SharedTier, Clock: CacheClock>: SharedTier {
    private let tier: Tier
    private let clock: Clock
    private let mailboxes = Lock<[String: Mailbox<SharedTierEvent>]>([:])

    init(tier: Tier, clock: Clock) {
        self.tier = tier
        self.clock = clock
    }

    func join(
        _ instance: String, lease: Int64, onEvents: @escaping @Sendable ([SharedTierEvent]) -> Void
    ) async throws {
        let mailbox = Mailbox<SharedTierEvent>()
        mailboxes.withLock { $0[instance] = mailbox }
        // Ends when the instance leaves: its mailbox is closed then.
        let name = "bus to \(instance)"
        Task(name: name) { [clock] in
            await Simulation.named(name) {
                while let event = await mailbox.take() {
                    await clock.point("deliver")
                    onEvents([event])
                    clock.rest()
                }
            }
        }
        // One by one: how many events come at a time differs from world to world.
        try await tier.join(instance, lease: lease) { for event in $0 { mailbox.put(event) } }
    }

    func renew(_ instance: String, lease: Int64, applied: Int64) async throws -> Renewal {
        await clock.point("renew")
        let renewal = try await tier.renew(instance, lease: lease, applied: applied)
        await clock.point("have renewed")
        return renewal
    }

    func leave(_ instance: String) async {
        await tier.leave(instance)
        mailboxes.withLock { $0.removeValue(forKey: instance) }?.close()
    }

    func read(_ key: String) async throws -> SharedLookup {
        await clock.point("read redis")
        let lookup = try await tier.read(key)
        await clock.point("have read redis")
        return lookup
    }

    func fill(
        _ entry: CacheEntry, token: FillToken, lifetime: Int64, ignoringFloors: Bool
    ) async throws -> Bool {
        await clock.point("fill redis")
        let isKept = try await tier.fill(entry, token: token, lifetime: lifetime, ignoringFloors: ignoringFloors)
        await clock.point("have filled redis")
        return isKept
    }

    func announce(_ invalidation: Invalidation) async throws -> Announcement {
        await clock.point("announce")
        let announcement = try await tier.announce(invalidation)
        await clock.point("have announced")
        return announcement
    }

    func acknowledge(_ time: Int64, by instance: String, to sender: String) async throws {
        await clock.point("acknowledge")
        try await tier.acknowledge(time, by: instance, to: sender)
    }

    func logicalTime() async throws -> Int64 { try await tier.logicalTime() }

    func liveInstances() async throws -> Set<String> { try await tier.liveInstances() }

    func inspect(_ keys: [String]) async throws -> [String: CacheEntry] { try await tier.inspect(keys) }
}

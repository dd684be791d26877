import CacheHierarchy
import Simulation
import Support

/// The shared tier at the other end of a network. Requests and answers take their time, and so do the messages of the
/// bus, which each instance receives in order but not when others do. The clock's points decide how long.
///
/// Where no connection can be lost, the time of a message is that until its receiver takes it up: what an instance was
/// brought has no effect before that, so a place of its own on the way would add no order that matters.
final class PointedSharedTier<Tier: SharedTier, Clock: PointedClock>: SharedTier {
    private let tier: Tier
    private let clock: Clock
    private let deliversAtOnce: Bool
    private let outboxes = Lock<[String: Outbox]>([:])

    /// Messages to an instance on their way.
    private struct Outbox {
        let mailbox: Mailbox<SharedTierEvent>
        var sent = 0
    }

    /// - Parameter deliversAtOnce: whether messages are on their way no longer than until their receiver takes them up.
    init(tier: Tier, clock: Clock, deliversAtOnce: Bool) {
        self.tier = tier
        self.clock = clock
        self.deliversAtOnce = deliversAtOnce
    }

    func join(
        _ instance: String, lease: Int64, onEvents: @escaping @Sendable ([SharedTierEvent]) -> Void
    ) async throws {
        if deliversAtOnce {
            // One by one: how many events come at a time differs from world to world.
            return try await tier.join(instance, lease: lease) { [self] events in
                for event in events { Simulation.touch(part(of: instance, touchedBy: event), .writes) }
                if events.count == 1 { onEvents(events) } else { for event in events { onEvents([event]) } }
            }
        }
        let mailbox = Mailbox<SharedTierEvent>()
        Simulation.touch(SimulatedPart.members, .writes)
        outboxes.withLock { $0[instance] = Outbox(mailbox: mailbox) }
        // Ends when the instance leaves: its mailbox is closed then.
        let name = "bus to \(instance)"
        Task(name: name) { [self] in
            await Simulation.confined {
                await Simulation.named(name) {
                    var received = 0
                    while let event = await mailbox.take() {
                        await clock.point("deliver")
                        received += 1
                        Simulation.touch(SimulatedPart.message(instance, received), .receives)
                        Simulation.touch(part(of: instance, touchedBy: event), .writes)
                        onEvents([event])
                        clock.rest()
                    }
                }
            }
        }
        // One by one: how many events come at a time differs from world to world.
        try await tier.join(instance, lease: lease) { [self] in for event in $0 { send(event, to: instance) } }
    }

    private func send(_ event: SharedTierEvent, to instance: String) {
        let outbox: Outbox? = outboxes.withLock { outboxes in
            outboxes[instance]?.sent += 1
            return outboxes[instance]
        }
        guard let outbox else { return }
        Simulation.touch(SimulatedPart.bus(instance), .writes)
        Simulation.touch(SimulatedPart.message(instance, outbox.sent), .sends)
        outbox.mailbox.put(event)
    }

    /// Invalidations are put where the instance's own task finds them; everything else has its effect at once. Of
    /// another cache that is not known.
    private func part(of instance: String, touchedBy event: SharedTierEvent) -> SimulatedPart {
        if case .invalidation = event, !clock.isCautious { .work(instance) } else { .instance(instance) }
    }

    func renew(_ instance: String, lease: Int64, applied: Int64) async throws -> Renewal {
        await clock.point("renew", touching: .lease(instance), writes: true)
        // Each instance renews its own lease.
        Simulation.touch(SimulatedPart.members, .adds)
        Simulation.touch(SimulatedPart.logicalTime, .reads)
        let renewal = try await tier.renew(instance, lease: lease, applied: applied)
        await clock.point("have renewed")
        return renewal
    }

    func leave(_ instance: String) async {
        Simulation.touch(SimulatedPart.members, .writes)
        await tier.leave(instance)
        outboxes.withLock { $0.removeValue(forKey: instance) }?.mailbox.close()
    }

    func read(_ key: String) async throws -> SharedLookup {
        await clock.point("read redis", touching: .shared(key: key), writes: false)
        Simulation.touch(SimulatedPart.sharedTags, .reads)
        // A hit is confirmed as of now, and a miss is given a token.
        Simulation.touch(SimulatedPart.logicalTime, .reads)
        let lookup = try await tier.read(key)
        await clock.waypoint("have read redis")
        return lookup
    }

    func read(_ keys: [String]) async throws -> [SharedLookup] {
        guard let first = keys.first else { return [] }
        await clock.point("read redis", touching: .shared(key: first), writes: false)
        for key in keys.dropFirst() { Simulation.touch(SimulatedPart.shared(key: key), .reads) }
        Simulation.touch(SimulatedPart.sharedTags, .reads)
        Simulation.touch(SimulatedPart.logicalTime, .reads)
        let lookups = try await tier.read(keys)
        await clock.waypoint("have read redis")
        return lookups
    }

    func fill(_ fills: [SharedFill], lifetime: Int64, ignoringFloors: Bool) async throws -> [Bool] {
        guard let first = fills.first else { return [] }
        await clock.point("fill redis", touching: .shared(key: first.entry.key), writes: true)
        for fill in fills.dropFirst() { Simulation.touch(SimulatedPart.shared(key: fill.entry.key), .writes) }
        Simulation.touch(SimulatedPart.sharedTags, .reads)
        let areKept = try await tier.fill(fills, lifetime: lifetime, ignoringFloors: ignoringFloors)
        await clock.waypoint("have filled redis")
        return areKept
    }

    func fill(
        _ entry: CacheEntry, token: FillToken, lifetime: Int64, ignoringFloors: Bool
    ) async throws -> Bool {
        await clock.point("fill redis", touching: .shared(key: entry.key), writes: true)
        Simulation.touch(SimulatedPart.sharedTags, .reads)
        let isKept = try await tier.fill(entry, token: token, lifetime: lifetime, ignoringFloors: ignoringFloors)
        await clock.waypoint("have filled redis")
        return isKept
    }

    func announce(_ invalidation: Invalidation) async throws -> Announcement {
        await clock.point("announce", touching: .logicalTime, writes: true)
        Simulation.touch(SimulatedPart.members, .reads)
        for key in invalidation.keys { Simulation.touch(SimulatedPart.shared(key: key), .writes) }
        if !invalidation.tags.isEmpty { Simulation.touch(SimulatedPart.sharedTags, .writes) }
        let announcement = try await tier.announce(invalidation)
        await clock.waypoint("have announced")
        return announcement
    }

    func acknowledge(_ time: Int64, by instance: String, to sender: String) async throws {
        if deliversAtOnce {
            // Who waits for it decides when to go on: being late is as good as being told late.
            await clock.waypoint("acknowledge")
        } else {
            // It is not said what the code behind it touches: the instance goes on with its own work in the same step.
            await clock.point("acknowledge")
        }
        Simulation.touch(SimulatedPart.members, .reads)
        try await tier.acknowledge(time, by: instance, to: sender)
    }

    func logicalTime() async throws -> Int64 {
        Simulation.touch(SimulatedPart.logicalTime, .reads)
        return try await tier.logicalTime()
    }

    func liveInstances() async throws -> Membership {
        Simulation.touch(SimulatedPart.members, .reads)
        return try await tier.liveInstances()
    }

    func inspect(_ keys: [String]) async throws -> [String: CacheEntry] { try await tier.inspect(keys) }
}

import CacheHierarchy
import Locking
import Simulation

/// The shared tier at the other end of a network. Requests and answers take their time, and so do the messages of the bus,
/// which each instance receives in order but not when others do.
final class SimulatedSharedTier: SharedTier {
    private let tier: LocalSharedTier
    private let mailboxes = Lock<[String: Mailbox]>([:])

    /// Messages to an instance on their way.
    private struct Mailbox {
        let stream: AsyncStream<[SharedTierEvent]>.Continuation
        var sent = 0
    }

    init(clock: any CacheClock) { tier = LocalSharedTier(clock: clock) }

    func join(
        _ instance: String, lease: Int64, onEvents: @escaping @Sendable ([SharedTierEvent]) -> Void
    ) async throws {
        let (messages, stream) = AsyncStream.makeStream(of: [SharedTierEvent].self)
        mailboxes.withLock { $0[instance] = Mailbox(stream: stream) }
        // Ends when the instance leaves: its mailbox is closed then.
        Task {
            await Simulation.confined {
                await Simulation.named("bus to \(instance)") {
                    var received = 0
                    for await events in messages {
                        await Simulation.point("deliver")
                        received += 1
                        Simulation.touch(SimulatedPart.message(instance, received), .receives)
                        Simulation.touch(Self.part(of: instance, touchedBy: events), .writes)
                        onEvents(events)
                    }
                }
            }
        }
        try await tier.join(instance, lease: lease) { [self] in send($0, to: instance) }
    }

    private func send(_ events: [SharedTierEvent], to instance: String) {
        let mailbox: Mailbox? = mailboxes.withLock { mailboxes in
            mailboxes[instance]?.sent += 1
            return mailboxes[instance]
        }
        guard let mailbox else { return }
        Simulation.touch(SimulatedPart.bus(instance), .writes)
        Simulation.touch(SimulatedPart.message(instance, mailbox.sent), .sends)
        mailbox.stream.yield(events)
    }

    /// Invalidations are put where the instance's own task finds them; everything else has its effect at once.
    private static func part(of instance: String, touchedBy events: [SharedTierEvent]) -> SimulatedPart {
        let areInvalidations = events.allSatisfy { if case .invalidation = $0 { true } else { false } }
        return areInvalidations ? .work(instance) : .instance(instance)
    }

    func renew(_ instance: String, lease: Int64, applied: Int64) async throws -> Renewal {
        await Simulation.point("renew", touching: SimulatedPart.members, writes: true)
        Simulation.touch(SimulatedPart.logicalTime, .reads)
        let renewal = try await tier.renew(instance, lease: lease, applied: applied)
        await Simulation.point("have renewed")
        return renewal
    }

    func leave(_ instance: String) async {
        await tier.leave(instance)
        mailboxes.withLock { $0.removeValue(forKey: instance) }?.stream.finish()
    }

    func read(_ key: String) async throws -> SharedLookup {
        await Simulation.point("read redis", touching: SimulatedPart.shared(key: key), writes: false)
        Simulation.touch(SimulatedPart.sharedTags, .reads)
        // A hit is confirmed as of now, and a miss is given a token.
        Simulation.touch(SimulatedPart.logicalTime, .reads)
        let lookup = try await tier.read(key)
        await Simulation.point("have read redis")
        return lookup
    }

    func fill(
        _ entry: CacheEntry, token: FillToken, lifetime: Int64, ignoringFloors: Bool
    ) async throws -> Bool {
        await Simulation.point("fill redis", touching: SimulatedPart.shared(key: entry.key), writes: true)
        Simulation.touch(SimulatedPart.sharedTags, .reads)
        let isKept = try await tier.fill(entry, token: token, lifetime: lifetime, ignoringFloors: ignoringFloors)
        await Simulation.point("have filled redis")
        return isKept
    }

    func announce(_ invalidation: Invalidation) async throws -> Announcement {
        await Simulation.point("announce", touching: SimulatedPart.logicalTime, writes: true)
        Simulation.touch(SimulatedPart.members, .reads)
        for key in invalidation.keys { Simulation.touch(SimulatedPart.shared(key: key), .writes) }
        if !invalidation.tags.isEmpty { Simulation.touch(SimulatedPart.sharedTags, .writes) }
        let announcement = try await tier.announce(invalidation)
        await Simulation.point("have announced")
        return announcement
    }

    func acknowledge(_ time: Int64, by instance: String, to sender: String) async throws {
        // It is not said what the code behind it touches: the instance goes on with its own work in the same step.
        await Simulation.point("acknowledge")
        try await tier.acknowledge(time, by: instance, to: sender)
    }

    func logicalTime() async throws -> Int64 {
        Simulation.touch(SimulatedPart.logicalTime, .reads)
        return try await tier.logicalTime()
    }

    func liveInstances() async throws -> Set<String> {
        Simulation.touch(SimulatedPart.members, .reads)
        return try await tier.liveInstances()
    }

    func inspect(_ keys: [String]) async throws -> [String: CacheEntry] { try await tier.inspect(keys) }
}

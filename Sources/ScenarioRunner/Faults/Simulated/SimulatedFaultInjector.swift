import CacheHierarchy
import Scenarios
import Simulation
import Support

/// Faults of a server in memory and of the simulated ways to it.
final class SimulatedFaultInjector: FaultInjector {
    private let server = SimulatedServer()
    /// What the server holds.
    private let data: LocalSharedTier
    /// The same at the other end of a network.
    private let tier: any SharedTier
    private let clock: any CacheClock
    private let patience: Int64
    private let streamLength: Int?
    private let links = Lock<[SimulatedLink]>([])
    private let random = Lock(Simulation.random("eviction"))
    private let replica = Lock<LocalSharedTier.Copy?>(nil)
    /// Whether instances believe another process's copy of the data.
    private let believesCopies: Bool

    init(
        _ scenario: Scenario, data: LocalSharedTier, tier: any SharedTier, clock: any CacheClock, believesCopies: Bool
    ) {
        self.data = data
        self.believesCopies = believesCopies
        self.tier = tier
        self.clock = clock
        patience = scenario.cluster.lease.nanoseconds
        streamLength = scenario.cluster.bus == .streams ? scenario.cluster.busLength : nil
    }

    func makeLink(of id: String) async throws -> any InstanceLink {
        let link = SimulatedLink(
            of: id, to: tier, on: server, clock: clock, patience: patience, streamLength: streamLength)
        links.withLock { $0.append(link) }
        return link
    }

    func crashRedis(_ remains: Fault.Remains) async throws {
        server.change { $0.isDown = true }
        // What another process comes back with is believed no more than nothing.
        if remains == .lost || !believesCopies {
            // Who uses the data touches one of these at least.
            for part in [SimulatedPart.logicalTime, .sharedTags, .members] { Simulation.touch(part, .writes) }
            data.loseData()
        }
        if remains == .lost { try await loseStream() }
        for link in links.withLock({ $0 }) { link.loseConnections() }
    }

    /// Whatever was announced up to now nobody will read any more.
    private func loseStream() async throws {
        guard streamLength != nil else { return }
        let time = try await data.logicalTime()
        for link in links.withLock({ $0 }) { link.loseStream(upTo: time) }
    }

    func restartRedis() async throws {
        server.change { $0.isDown = false }
        openWays()
    }

    func pauseRedis() async throws {
        server.change { $0.isPaused = true }
        for link in links.withLock({ $0 }) { link.fallSilent() }
    }

    func resumeRedis() async throws {
        server.change { $0.isPaused = false }
        openWays()
    }

    private func openWays() {
        for link in links.withLock({ $0 }) { link.lookAgain() }
    }

    func refuseMemory(_ isRefused: Bool) async throws { server.change { $0.isOutOfMemory = isRefused } }

    func evictKey() async throws { random.withLock { _ = data.evict(using: &$0) } }

    func holdBackReplica() async throws { replica.withLock { $0 = data.copy() } }

    func failOver() async throws {
        guard let copy = replica.withLock({ $0 }) else { throw FaultError(.failed, "there is no replica") }
        if believesCopies { data.restore(copy) } else { data.loseData() }
        try await loseStream()
        for link in links.withLock({ $0 }) { link.loseConnections() }
    }

    func heal() async {
        server.change { $0 = SimulatedServer.Condition() }
        openWays()
    }

    func remove() async {}
}

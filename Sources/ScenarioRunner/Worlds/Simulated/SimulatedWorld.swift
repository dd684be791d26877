import CacheHierarchy
import History
import Scenarios
import Simulation

/// The world of virtual time: everything beyond the cache is in memory, and the order in which things happen is the
/// simulation's.
struct SimulatedWorld: WorldSurroundings {
    /// Before the names of the instances.
    static let prefix = "sim"

    /// Puts a cluster together, inside a simulation.
    /// - Parameters:
    ///   - isTold: whether the trace shall say what the cache's clock shows.
    ///   - cacheTells: whether the cache tells of its steps; of one that does not, fewer orders are left out.
    static func build(
        _ scenario: Scenario, defects: Set<Defect>, isTold: Bool = false, cacheTells: Bool = true
    ) async throws -> RunningCluster {
        let clock = SimulatedClock(isTold: isTold)
        var parts =
            cacheTells
            ? parts(scenario, clock, seams: clock, defects: defects)
            : parts(scenario, clock, seams: CautiousClock(base: clock), defects: defects)
        parts.cacheTells = cacheTells
        return try await RunningCluster(scenario, of: parts, defects: defects)
    }

    /// - Parameter seams: decides where the seams around the cache let others come first.
    private static func parts(
        _ scenario: Scenario, _ clock: SimulatedClock, seams: some PointedClock, defects: Set<Defect>
    ) -> RunningCluster.Parts {
        let cluster = scenario.cluster
        let hosts = cluster.declaration(of: .l3).map { disk in
            (0..<cluster.hosts).map { number in
                PointedHostStore(
                    store: MemoryHostStore(capacity: disk.capacity ?? RunningCluster.defaultCapacity), number: number,
                    clock: seams)
            }
        }
        let data = LocalSharedTier(clock: clock, holdLifetime: cluster.holdLifetime)
        let tier: any SharedTier =
            scenario.faults.isEmpty
            ? PointedSharedTier(tier: data, clock: seams, deliversAtOnce: true)
            : PointedSharedTier(tier: AnsweringTier(data: data), clock: seams, deliversAtOnce: false)
        return RunningCluster.Parts(
            world: .simulated, origin: PointedOrigin(origin: MemoryOrigin(), clock: seams),
            shared: tier, hosts: hosts ?? [], clock: clock,
            surroundings: SimulatedWorld(), prefix: prefix,
            injector: scenario.faults.isEmpty
                ? nil
                : SimulatedFaultInjector(
                    scenario, data: data, tier: tier, clock: clock,
                    believesCopies: defects.contains(.laggingReplicaBelieved)))
    }

    func roundTrip() async throws { await Simulation.point("round trip") }

    /// A simulation takes no resources of the kinds that a live run does.
    func amount(of resource: Resource) async -> Int? { nil }

    func remove() async {}
}

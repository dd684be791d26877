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
    /// - Parameter isTold: whether the trace shall say what the cache's clock shows.
    static func build(_ scenario: Scenario, defects: Set<Defect>, isTold: Bool = false) async throws -> RunningCluster {
        let cluster = scenario.cluster
        let clock = SimulatedClock(isTold: isTold)
        let hosts = cluster.declaration(of: .l3).map { disk in
            (0..<cluster.hosts).map { number in
                PointedHostStore(
                    store: MemoryHostStore(capacity: disk.capacity ?? RunningCluster.defaultCapacity), number: number,
                    clock: clock)
            }
        }
        let data = LocalSharedTier(clock: clock, holdLifetime: cluster.holdLifetime)
        let tier: any SharedTier =
            scenario.faults.isEmpty
            ? PointedSharedTier(tier: data, clock: clock, deliversAtOnce: true)
            : PointedSharedTier(tier: AnsweringTier(data: data), clock: clock, deliversAtOnce: false)
        let parts = RunningCluster.Parts(
            world: .simulated, origin: PointedOrigin(origin: MemoryOrigin(), clock: clock),
            shared: tier, hosts: hosts ?? [], clock: clock,
            surroundings: SimulatedWorld(), prefix: prefix,
            injector: scenario.faults.isEmpty
                ? nil
                : SimulatedFaultInjector(
                    scenario, data: data, tier: tier, clock: clock,
                    believesCopies: defects.contains(.laggingReplicaBelieved)))
        return try await RunningCluster(scenario, of: parts, defects: defects)
    }

    func roundTrip() async throws { await Simulation.point("round trip") }

    /// A simulation takes no resources of the kinds that a live run does.
    func amount(of resource: Resource) async -> Int? { nil }

    func remove() async {}
}

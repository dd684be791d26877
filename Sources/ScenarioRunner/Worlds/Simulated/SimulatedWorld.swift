import CacheHierarchy
import Scenarios
import Simulation

/// The world of virtual time: everything beyond the cache is in memory, and the order in which things happen is the
/// simulation's.
struct SimulatedWorld: WorldSurroundings {
    /// Puts a cluster together, inside a simulation.
    static func build(_ scenario: Scenario, defects: Set<Defect>) async throws -> RunningCluster {
        let cluster = scenario.cluster
        let clock = SimulatedClock()
        let hosts = cluster.declaration(of: .l3).map { disk in
            (0..<cluster.hosts).map {
                SimulatedHostStore(number: $0, capacity: disk.capacity ?? RunningCluster.defaultCapacity)
            }
        }
        let parts = RunningCluster.Parts(
            world: .simulated, origin: SimulatedOrigin(), shared: SimulatedSharedTier(clock: clock), hosts: hosts ?? [],
            clock: clock, surroundings: SimulatedWorld(), prefix: "sim")
        return try await RunningCluster(scenario, of: parts, defects: defects)
    }

    func roundTrip() async throws { await Simulation.point("round trip") }

    /// A simulation takes no resources of the kinds that a live run does.
    func amount(of resource: Resource) async -> Int? { nil }

    func remove() async {}
}

import CacheHierarchy
import History
import Scenarios
import Simulation

extension SimulatedWorld {
    /// Puts a cluster of a cache that is part of this process together, inside a simulation. There is no Redis: what
    /// instances share they have from `LocalShared`.
    ///
    /// The schedule decides at the origin who comes next; some loads and commits take virtual time as well, which the
    /// seed of the run draws.
    /// - Parameter isTold: whether the trace shall say what the clock shows.
    static func build(
        _ scenario: Scenario, of subject: LocalSubject, isTold: Bool = false
    ) async throws -> RunningCluster {
        try scenario.requireLocal(in: .simulated)
        let clock = SimulatedClock(isTold: isTold)
        let recorder = Recorder(
            keys: scenario.keysInUse.map(\.name), tagSets: scenario.data.map(\.tags), isTimed: false)
        let seed = Simulation.random("subject").seed
        let origin = SubjectOrigin(
            scenario.keysInUse, delay: scenario.subject?.originDelay ?? .zero, recorder: recorder, seed: seed,
            clock: clock)
        let troubles = TroubleLedger()
        let tier = LocalSharedTier(clock: clock)
        var parts = RunningCluster.Parts(
            world: .simulated, origin: origin, shared: tier, hosts: [], clock: clock,
            surroundings: SimulatedWorld(), prefix: prefix,
            injector: scenario.faults.isEmpty
                ? nil
                : SimulatedFaultInjector(scenario, data: tier, tier: tier, clock: clock, believesCopies: false),
            seating: LocalSeating(
                scenario, subject: subject, origin: origin, troubles: troubles, prefix: prefix, seed: seed),
            troubles: troubles)
        parts.cacheTells = false
        return try await RunningCluster(scenario, of: parts, defects: [], recorder: recorder)
    }
}

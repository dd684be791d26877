import CacheHierarchy
import Scenarios
import Simulation

/// One variant of a scenario with what its workers are to do, as a body for simulations.
package struct SimulatedRun: Sendable {
    package let scenario: Scenario
    let defects: Set<Defect>
    /// Whether the trace shall say what the cache's clock shows.
    let isTold: Bool

    package init(scenario: Scenario, defects: Set<Defect>, isTold: Bool = false) {
        self.scenario = scenario
        self.defects = defects
        self.isTold = isTold
    }

    /// Long enough for an hour of signs of life; a run that goes on for longer does not end.
    package static let limits = SimulationLimits(steps: 50_000_000)

    /// Builds the cluster anew, drives the scenario, and takes the cluster down.
    /// - Parameter onStage: told what begins.
    package func perform(
        _ plan: WorkloadPlan, onStage: @escaping @Sendable (_ name: String) -> Void = { _ in }
    ) async throws -> RunRecord {
        onStage("building the cluster")
        let cluster = try await SimulatedWorld.build(scenario, defects: defects, isTold: isTold)
        onStage("seeding the origin")
        var run = ScenarioRun(scenario, plan, in: cluster) { onStage("phase \($0)") }
        do {
            try await run.execute()
        } catch {
            await cluster.tearDown()
            throw error
        }
        onStage("building the history")
        let record = run.record
        onStage("stopping the cluster")
        await cluster.tearDown()
        return record
    }

    /// What is asked of each run.
    package var checks: [CheckDeclaration] { scenario.checks(in: .simulated) }

    /// Asks a run one check. What cannot be judged is no failure: a run that was shrunk does little.
    /// - Throws: what is wrong.
    package func judge(_ record: RunRecord, _ declaration: CheckDeclaration) throws {
        try IncoherentRun.judge(record.history, by: [declaration.completed(by: record)])
    }

    /// Runs once.
    /// - Parameter seed: names the workload and the schedule.
    func result(seed: UInt64, strategy: Strategy = .random) -> ScenarioResult {
        var result = ScenarioResult(scenario, world: .simulated, seed: seed, defects: defects)
        let plan = WorkloadPlan(scenario, seed: seed)
        let start = ContinuousClock.now
        do {
            let run = try Simulation.run(seed: seed, strategy: strategy, limits: Self.limits) { [self] in
                try await perform(plan)
            }
            result.judge(try run.get(), scenario)
        } catch {
            result.fail("\(error)", as: .error)
        }
        result.duration = Double((ContinuousClock.now - start).nanoseconds) / 1e9
        return result
    }
}

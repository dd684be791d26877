import CacheHierarchy
import Scenarios
import Simulation

/// One variant of a scenario with what its workers are to do, as a body for simulations.
struct SimulatedRun: Sendable {
    let scenario: Scenario
    let defects: Set<Defect>

    /// Long enough for an hour of signs of life; a run that goes on for longer does not end.
    static let limits = SimulationLimits(steps: 50_000_000)

    /// Builds the cluster anew, drives the scenario, and takes the cluster down.
    func perform(_ plan: WorkloadPlan) async throws -> RunRecord {
        let cluster = try await SimulatedWorld.build(scenario, defects: defects)
        var run = ScenarioRun(scenario, plan, in: cluster) { _ in }
        do {
            try await run.execute()
        } catch {
            await cluster.tearDown()
            throw error
        }
        let record = run.record
        await cluster.tearDown()
        return record
    }

    /// Asks a run the scenario's checks.
    /// - Throws: ``IncoherentRun`` if one of them is violated. What cannot be judged is not: a run that was shrunk does little.
    /// - Parameter onExamined: told the name of each check that examined something.
    func judge(_ record: RunRecord, onExamined: (String) -> Void = { _ in }) throws(IncoherentRun) {
        for declaration in scenario.checks(in: .simulated) {
            let report = declaration.check().examine(record.history)
            if report.verdict != .unknown { onExamined(report.check) }
            if let violation = report.violations.first {
                throw IncoherentRun(description: "\(report.check): \(violation.rule)\n\(violation.explanation)")
            }
        }
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

import CacheHierarchy
import Judging
import ScenarioRunner
import Scenarios
import Simulation

/// What every simulated run of an exploration does, and how it is judged.
struct ExploredProgram: Sendable {
    let defects: Set<Defect>
    /// Whether the cache tells of its steps.
    var cacheTells = true
    /// The cache under test, if it is not the reference cache.
    var subject: LocalSubject?

    /// What a run leaves, with the scenario that it is to be judged by: the part that was run.
    typealias Outcome = (record: RunRecord, scenario: Scenario)
    typealias Runs = Explorer<ExploredInput, Outcome>

    /// - Parameter examinations: counts what the checks examine.
    func explorer(counting examinations: Examinations? = nil) -> Runs {
        Explorer(limits: SimulatedRun.limits, body: body(isTold: false)) { run in
            let (record, scenario) = try run.get()
            try record.requireSoundSubject()
            try IncoherentRun.judge(record.history, by: scenario.checks(of: record), damages: record.damages) {
                examinations?.add($0)
            }
        }
    }

    /// - Parameter isTold: whether the trace shall say what the cache's clock shows, so that it can be told in the
    ///   cache's words.
    func body(isTold: Bool) -> @Sendable (ExploredInput) async throws -> Outcome {
        { input in
            var run = SimulatedRun(scenario: input.scenario, defects: defects, isTold: isTold)
            run.cacheTells = cacheTells
            run.subject = subject
            return (try await run.perform(input.plan), input.scenario)
        }
    }

    /// Runs a schedule once more and tells it in the cache's words.
    /// - Throws: `SimulationError` if no simulation is possible here.
    func tell(_ input: ExploredInput, _ schedule: Schedule, proof: [Int64]) throws -> RunStory? {
        let body = body(isTold: true)
        let run = try Simulation.run(
            seed: schedule.seed, strategy: .replay(schedule), limits: SimulatedRun.limits
        ) { try await body(input) }
        return run.value.map {
            RunStory(
                run.trace, $0.record.history, proof: proof, faults: input.scenario.faults.map(\.description),
                tellsMisses: subject == nil)
        }
    }
}

extension SimulationOutcome {
    /// The violations, if that is what came of the run.
    var findings: [IncoherentRun.Finding] {
        if case .failed(let error as IncoherentRun) = self { error.findings } else { [] }
    }

    /// What is wrong, one for each rule that is broken; empty if nothing is.
    var kinds: [ViolationKind] {
        if !isFailure { return [] }
        let findings = findings
        return findings.isEmpty ? [ViolationKind(check: "run", rule: ruleOfEnding)] : findings.map(\.kind)
    }

    private var ruleOfEnding: String {
        switch self {
        case .deadlock, .lostContinuation: "A run comes to its end: nobody waits for ever."
        case .stepBudgetSpent: "A run comes to its end: nobody is busy for ever."
        case .escaped: "All work stays in the simulation."
        default: "Nothing throws."
        }
    }
}

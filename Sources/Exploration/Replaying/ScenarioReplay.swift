import CacheHierarchy
import Checking
import History
import Judging
import ScenarioRunner
import Scenarios
import Simulation

/// A run that exploring found, to be run again.
public struct ScenarioReplay: Sendable {
    private(set) var program: ExploredProgram
    let input: ExploredInput
    let token: ReplayToken

    /// What is run: the part of the scenario that is needed.
    public var scenario: Scenario { input.scenario }

    /// The deliberate bugs that the cache has.
    public var defects: Set<Defect> { program.defects }

    /// - Parameters:
    ///   - part: what of the scenario is run, as ``FoundFailure/part`` says it; empty for all of it.
    ///   - operations: what the workers do, as ``FoundFailure/plan`` says it.
    ///   - schedule: as ``FoundFailure/schedule`` says it.
    /// - Throws: what is wrong with these texts.
    public init(
        _ scenario: Scenario, part: String = "", operations: String, schedule: String, defects: Set<Defect>
    ) throws {
        program = ExploredProgram(defects: defects)
        let part = try ScenarioPart(text: part, of: scenario)
        let plan = try WorkloadPlan(text: operations, for: part.applied(to: scenario))
        input = ExploredInput(scenario, part: part, plan: plan)
        token = try ReplayToken(schedule)
    }

    /// The same on a cache that is part of this process.
    package func testing(_ subject: LocalSubject) -> ScenarioReplay {
        var replay = self
        replay.program.subject = subject
        return replay
    }

    /// What came of it.
    public struct Outcome: Sendable {
        /// Who does what, step by step, in the cache's words; `nil` if the run did not come to its end.
        public let story: RunStory?
        /// What is wrong; `nil` if nothing is.
        public let reason: String?
        /// Whether it is the run that was found, step by step.
        public let isIdentical: Bool
        /// Stands for all that happened in the run.
        public let traceHash: UInt64
        /// The checks that were asked, and what each of them examined.
        public let examined: [ExaminedCheck]
        /// Whether no worker does anything in it. Then no check has a say, whatever it examined.
        public let isIdle: Bool
    }

    /// - Throws: `SimulationError` if no simulation is possible here.
    public func run() throws -> Outcome {
        try Simulation.prepare()
        let examinations = Examinations(input.scenario.checks(in: .simulated).map { $0.check().name })
        var explorer = program.explorer(counting: examinations)
        let run = explorer.replay(input, token.schedule)
        let finding = run.outcome.findings.min { $0.violation.operations.count < $1.violation.operations.count }
        let reason = run.outcome.isFailure ? finding.map(IncoherentRun.describe) ?? "\(run.outcome)" : nil
        let proof = finding?.violation.operations.map(\.id) ?? []
        return Outcome(
            story: try program.tell(input, token.schedule, proof: proof), reason: reason,
            isIdentical: run.trace.hash == token.traceHash, traceHash: run.trace.hash, examined: examinations.all,
            isIdle: input.plan.count == 0)
    }
}

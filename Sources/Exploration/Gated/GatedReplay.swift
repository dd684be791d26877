import Checking
import GatedWorld
import Judging
import Processes
import ScenarioRunner
import Scenarios

/// A run on real processes that exploring found, to be run again: in new processes, then in these again.
public struct GatedReplay: Sendable {
    /// What is run: the part of the scenario that is needed.
    public let scenario: Scenario
    private let plan: WorkloadPlan
    private let steps: [String]

    /// - Parameters:
    ///   - scenario: one that has a subject.
    ///   - part: as ``FoundFailure/part`` says it; empty for all of it.
    ///   - operations: what the workers do, as ``FoundFailure/plan`` says it.
    ///   - steps: the labels of the messages, as ``FoundFailure/steps`` says them.
    /// - Throws: what is wrong with these texts.
    public init(_ scenario: Scenario, part: String, operations: String, steps: [String]) throws {
        let part = try ScenarioPart(text: part, of: scenario)
        self.scenario = part.applied(to: scenario)
        plan = try WorkloadPlan(text: operations, for: self.scenario)
        self.steps = steps
    }

    /// What came of it.
    public struct Outcome: Sendable {
        /// Of the first run.
        public let replay: ScenarioReplay.Outcome
        /// How many runs let the same messages through in the same order, and broke the same rule.
        public let repeated: Int
        /// How many runs there were.
        public let times: Int
    }

    /// - Parameter times: how often to run it, at least once.
    /// - Throws: ``GatedError``, `WorldError`; nothing is left then.
    public func run(times: Int) async throws -> Outcome {
        try await GatedSurroundings.with { try perform(times: times, in: $0) }
    }

    private func perform(times: Int, in surroundings: GatedSurroundings) throws -> Outcome {
        guard let subject = scenario.subject else {
            throw GatedError.notHere("the scenario has no subject, and only processes are gated")
        }
        let examinations = Examinations(scenario.checks(in: .gated).map { $0.check().name })
        let search = GatedSearch(
            GatedExplorer.Configuration(), scenario, examinations, until: nil
        ) { scenario, holdsTime in
            try GatedWorld(
                scenario, of: subject, on: surroundings.server, seed: 1, time: holdsTime ? surroundings.time : nil)
        }
        defer { search.close() }
        var first: JudgedRun?
        var repeated = 0
        for _ in 0..<max(1, times) {
            var order = EarlierOrder(steps)
            let judged = try search.run(plan, &order)
            let kinds = (first ?? judged).kinds
            if !judged.run.isVoid, judged.run.labels == steps, judged.kinds == kinds { repeated += 1 }
            first = first ?? judged
        }
        guard let first else { throw GatedError.notHere("nothing was run") }
        let finding = first.findings.min { $0.violation.operations.count < $1.violation.operations.count }
        let outcome = ScenarioReplay.Outcome(
            story: RunStory(first.run), reason: finding.map(IncoherentRun.describe) ?? first.fault?.reason,
            isIdentical: first.run.labels == steps, traceHash: ScheduleOrders.trace(of: first.run),
            examined: examinations.all, isIdle: plan.count == 0)
        return Outcome(replay: outcome, repeated: repeated, times: max(1, times))
    }
}

import CacheHierarchy
import Checking
import Judging
import ScenarioRunner
import Scenarios
import Simulation

/// A run that exploring found in the simulated world, driven in the same order against a real Redis and real disks.
public struct LiveReplay: Sendable {
    private let simulated: SimulatedRun
    private let plan: WorkloadPlan
    private let token: ReplayToken
    private let timeout: Duration?

    /// - Parameter timeout: how long the live run may take, in place of what ``RunBudget`` computes.
    public init(of replay: ScenarioReplay, timeout: Duration? = nil) {
        self.timeout = timeout
        simulated = SimulatedRun(scenario: replay.input.scenario, defects: replay.program.defects)
        plan = replay.input.plan
        token = replay.token
    }

    /// A rule that a run breaks.
    public struct BrokenRule: Sendable, Hashable {
        public let check: String
        public let rule: String
        /// The operations that break it, in words.
        public let explanation: String

        func isSame(as other: BrokenRule) -> Bool { check == other.check && rule == other.rule }
    }

    /// What came of it.
    public struct Outcome: Sendable {
        /// Which task ran when in the simulated run, and which points it passed.
        public let story: String
        /// Whether the simulated run is the one that was found.
        public let isIdentical: Bool
        /// What the simulated run breaks first.
        public let simulated: BrokenRule?
        /// The same rule, if the live run breaks it; otherwise the first that it breaks.
        public let live: BrokenRule?
        public let driving: DrivingReport
        /// The checks that were asked of the live run, and what each of them examined.
        public let examined: [ExaminedCheck]
        /// Whether no worker does anything in it. Then no check has a say, whatever it examined.
        public let isIdle: Bool

        /// Whether the live run shows what the simulated one did.
        public var isReproduced: Bool { if let simulated, let live { live.isSame(as: simulated) } else { false } }

        /// A live run that breaks a rule is a violation, in whatever order it ran. One that left the order and breaks
        /// none says nothing, and neither does one that followed the order of another run than was found, in which no
        /// check examined anything, or in which no worker does anything.
        public var verdict: RunVerdict {
            if live != nil { return .violation }
            guard examined.contains(where: \.hasExamined), !isIdle else { return .unknown }
            return driving.divergence == nil && (simulated != nil || isIdentical) ? .pass : .unknown
        }
    }

    /// Runs it in the simulated world, then live, on a private redis-server.
    /// - Parameter patience: for how long the order may go nowhere while tasks are held, beyond the longest wait that
    ///   the scenario declares; up to twice that passes until it is noticed.
    /// - Throws: `SimulationError` if no simulation is possible here, ``WorldError`` if there is no Redis to be had,
    ///   ``RunStall`` if the live run does not get on, and what ends either run.
    public func run(patience: Duration = .seconds(5)) async throws -> Outcome {
        let (simulated, plan) = (simulated, plan)
        let run = try Simulation.replay(token, limits: SimulatedRun.limits) { try await simulated.perform(plan) }
        let record = try run.get()
        let expected = simulated.scenario.brokenRules(in: record).rules.first
        let (live, driving) = try await simulated.drive(
            plan, in: DrivenOrder(run.trace), patience: patience, timeout: timeout)
        let (broken, examined) = simulated.scenario.brokenRules(in: live)
        return Outcome(
            story: run.trace.description, isIdentical: run.trace.hash == token.traceHash, simulated: expected,
            live: broken.first { broken in expected.map(broken.isSame) ?? false } ?? broken.first, driving: driving,
            examined: examined, isIdle: plan.count == 0)
    }
}

extension Scenario {
    /// What a run breaks of the scenario's checks, in their order; of each check all that it reports. And what they examine.
    fileprivate func brokenRules(
        in record: RunRecord
    ) -> (rules: [LiveReplay.BrokenRule], examined: [ExaminedCheck]) {
        let reports = checks(in: record.world).map { $0.check().examine(record.history) }
        let examinations = Examinations(reports.map(\.check))
        examinations.add(reports.filter { $0.verdict != .unknown }.map { ($0.check, $0.examined) })
        let rules = reports.flatMap { report in
            report.violations.map { violation in
                LiveReplay.BrokenRule(
                    check: "\(report.check)", rule: violation.rule, explanation: violation.explanation)
            }
        }
        return (rules, examinations.all)
    }
}

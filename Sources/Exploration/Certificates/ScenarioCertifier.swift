import CacheHierarchy
import Checking
import Judging
import ScenarioRunner
import Scenarios
import Simulation

/// Runs a scenario in the simulated world under every schedule of its scripts, on one thread, until a check is
/// violated.
///
/// For tiny scopes: the number of schedules grows exponentially with operations, instances and layers.
public struct ScenarioCertifier: Sendable {
    /// What may be chosen.
    public struct Configuration: Sendable {
        /// How many schedules are begun at most, also those that are broken off.
        public var schedules = 1_000_000
        /// For how long at most.
        public var duration: Duration?
        /// False to visit orders of independent steps as well: to examine the reduction itself.
        public var isReducing = true
        /// Deliberate bugs given to the cache; none by default.
        public var defects: Set<Defect> = []
        /// Asked before each schedule whether to stop; the verdict is unknown then.
        public var isStopped: @Sendable () -> Bool = { false }
        /// Told how far it is.
        public var onProgress: @Sendable (ScenarioExplorer.Progress) -> Void = { _ in }
        /// False to take the cache for one that tells nothing of its steps: fewer orders are left out, and none that
        /// matters.
        var cacheTells = true

        public init() {}
    }

    private let configuration: Configuration
    /// How many schedules are run between two reports.
    private static let portion = 100

    public init(_ configuration: Configuration) { self.configuration = configuration }

    /// Explores one variant of a scenario. Blocks until it is done.
    /// - Throws: `SimulationError` if no simulation is possible here; ``NothingToExplore``.
    public func certify(_ variant: ScenarioVariant) throws -> ScenarioExploration {
        try certify(variant) { _ in }
    }

    /// - Parameter onRun: told what each schedule came to, violation or not.
    func certify(
        _ variant: ScenarioVariant, onRun: @escaping @Sendable (RunRecord) -> Void
    ) throws -> ScenarioExploration {
        var scenario = variant.scenario
        guard scenario.phases.contains(where: \.isExplored) else {
            throw NothingToExplore(
                scenario: scenario.name,
                reason:
                    "found no phase script; expected one, since only the schedules of scripts are explored exhaustively"
            )
        }
        if let reason = scenario.reasonForNoCertificate {
            throw NothingToExplore(scenario: scenario.name, reason: reason)
        }
        for fault in scenario.faults.indices { scenario.faults[fault].isAtAnyMoment = true }
        var program = ExploredProgram(defects: configuration.defects)
        program.cacheTells = configuration.cacheTells
        let input = ExploredInput(scenario, seed: Self.seed)
        let examinations = Examinations(scenario.checks(in: .simulated).map { $0.check().name })
        let start = ContinuousClock.now
        let deadline = configuration.duration.map { start + $0 }
        var found = FoundRuns()
        var explored = ExhaustiveExploration()
        do {
            explored = try Simulation.exhaustMarked(
                isReducing: configuration.isReducing, limits: SimulatedRun.limits, input: input, smaller: { _ in [] },
                while: { soFar in
                    explored = soFar
                    let begun = soFar.schedules + soFar.abandoned
                    if begun % Self.portion == 0 { configuration.onProgress(ScenarioExplorer.Progress(soFar)) }
                    return begun < configuration.schedules && deadline.map { ContinuousClock.now < $0 } ?? true
                        && !configuration.isStopped()
                },
                program.body(isTold: false),
                check: { finished in
                    let (record, scenario) = try finished.get()
                    onRun(record)
                    try IncoherentRun.judge(record.history, by: scenario.checks(of: record)) { examinations.add($0) }
                })
        } catch let failure as ExplorationFailure {
            // Something was used without being told, or left the simulation: a mistake of ours and none of the cache's,
            // and nothing that another run of the schedule would notice.
            if case .escaped = failure.outcome { throw failure }
            found.add(FoundRun(failure, seed: Self.seed, operations: input.plan.count), failure.outcome)
        }
        var progress = ScenarioExplorer.Progress(explored)
        if found.count > 0 {
            progress.schedules += 1
            progress.distinct += 1
            progress.found = 1
        }
        var shrinking = ScenarioExplorer.Configuration(threads: 1)
        shrinking.defects = configuration.defects
        let failures = try FailureCollector(shrinking, scenario, program).collect(found)
        let scope = CertificateScope(scenario, input.plan, defects: configuration.defects)
        let isComplete = if case .everySchedule = explored.verdict { true } else { false }
        return ScenarioExploration(
            variant: variant, defects: configuration.defects, progress: progress,
            duration: Double((ContinuousClock.now - start).nanoseconds) / 1e9, failures: failures, digest: nil,
            examined: examinations.all, isInterrupted: !isComplete && failures.isEmpty && configuration.isStopped(),
            certificate: ScenarioCertificate(
                isComplete: isComplete, abandoned: explored.abandoned, isReduced: configuration.isReducing,
                longest: explored.longest,
                unexamined: examinations.all.filter { !$0.hasExamined }.map(\.name), scope: scope))
    }

    /// A script leaves nothing to chance.
    private static let seed: UInt64 = 1
}

/// A scenario that cannot be explored exhaustively.
public struct NothingToExplore: Error, CustomStringConvertible {
    public let scenario: String
    public let reason: String

    public var description: String { "\(scenario): \(reason)" }
}

extension ScenarioExplorer.Progress {
    fileprivate init(_ explored: ExhaustiveExploration) {
        self.init()
        schedules = explored.schedules
        distinct = explored.schedules
        steps = explored.steps
    }
}

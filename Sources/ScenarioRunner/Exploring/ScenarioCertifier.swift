import CacheHierarchy
import Locking
import Scenarios
import Simulation

/// Runs a scenario in the simulated world under every schedule of its scripts, on one thread, until a check is violated.
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
        /// Told how far it is.
        public var onProgress: @Sendable (ScenarioExplorer.Progress) -> Void = { _ in }

        public init() {}
    }

    private let configuration: Configuration
    /// How many schedules are run between two reports.
    private static let portion = 100

    public init(_ configuration: Configuration) { self.configuration = configuration }

    /// Explores one variant of a scenario. Blocks until it is done.
    /// - Throws: `SimulationError` if no simulation is possible here; ``NothingToExplore``.
    public func certify(_ scenario: Scenario) throws -> ScenarioExploration {
        try certify(scenario) { _ in }
    }

    /// - Parameter onRun: told what each schedule came to, violation or not.
    func certify(_ scenario: Scenario, onRun: @escaping @Sendable (RunRecord) -> Void) throws -> ScenarioExploration {
        guard scenario.phases.contains(where: \.isExplored) else { throw NothingToExplore(scenario: scenario.name) }
        let run = SimulatedRun(scenario: scenario, defects: configuration.defects)
        let plan = WorkloadPlan(scenario, seed: Self.seed)
        let examined = Lock<Set<String>>([])
        let start = ContinuousClock.now
        let deadline = configuration.duration.map { start + $0 }
        var failure: FoundFailure?
        var explored = ExhaustiveExploration()
        do {
            explored = try Simulation.exhaustMarked(
                isReducing: configuration.isReducing, limits: SimulatedRun.limits, input: PlannedInput(plan),
                smaller: \.smaller,
                while: { soFar in
                    explored = soFar
                    let begun = soFar.schedules + soFar.abandoned
                    if begun % Self.portion == 0 { configuration.onProgress(ScenarioExplorer.Progress(soFar)) }
                    return begun < configuration.schedules && deadline.map { ContinuousClock.now < $0 } ?? true
                },
                { input in try await run.perform(input.plan) },
                check: { finished in
                    let record = try finished.get()
                    onRun(record)
                    try run.judge(record) { name in examined.withLock { _ = $0.insert(name) } }
                })
        } catch let found as ExplorationFailure {
            failure = FoundFailure(found, seed: Self.seed)
        }
        var progress = ScenarioExplorer.Progress(explored)
        if failure != nil {
            progress.schedules += 1
            progress.distinct += 1
        }
        let scope = CertificateScope(scenario, plan, defects: configuration.defects)
        let isComplete = if case .everySchedule = explored.verdict { true } else { false }
        return ScenarioExploration(
            scenario: scenario, defects: configuration.defects, progress: progress,
            duration: Double((ContinuousClock.now - start).nanoseconds) / 1e9, failure: failure,
            certificate: ScenarioCertificate(
                isComplete: isComplete, abandoned: explored.abandoned, isReduced: configuration.isReducing,
                longest: explored.longest,
                unexamined: scope.checks.filter { name in examined.withLock { !$0.contains(name) } }, scope: scope))
    }

    /// A script leaves nothing to chance.
    private static let seed: UInt64 = 1
}

/// Only scripts say which operations are to be explored exhaustively.
public struct NothingToExplore: Error, CustomStringConvertible {
    public let scenario: String

    public var description: String {
        "\(scenario): found no phase script; expected one, since only the schedules of scripts are explored exhaustively"
    }
}

extension ScenarioExplorer.Progress {
    fileprivate init(_ explored: ExhaustiveExploration) {
        self.init(schedules: explored.schedules, distinct: explored.schedules, steps: explored.steps)
    }
}

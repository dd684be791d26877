import CacheHierarchy
import Checking
import Judging
import ScenarioRunner
import Scenarios
import Simulation

/// Runs a scenario in the simulated world under many schedules, on all cores, until a check is violated, or to the end.
///
/// What fails is shrunk: a smaller part of the cluster, fewer operations, fewer preemptions. What is found depends on
/// the seed and on how many schedules are run, and not on the number of threads.
public struct ScenarioExplorer: Sendable {
    /// What may be chosen.
    public struct Configuration: Sendable {
        /// How many schedules at most.
        public var schedules = 1_000
        /// For how long at most; shrinking what was found comes after that.
        public var duration: Duration?
        /// Decides every workload and every schedule.
        public var seed: UInt64 = 1
        /// The most that each worker does in a mix; `nil`: as the scenario says. Short runs are many runs.
        public var operationsPerWorker: Int?
        /// How many schedules are run at a time. Default: one for each core.
        public var threads: Int
        /// Deliberate bugs given to the cache; none by default.
        public var defects: Set<Defect> = []
        /// The cache under test, if it is part of this process and not the reference cache.
        package var subject: LocalSubject?
        /// Whether to go on after a failure, and collect all that are distinct.
        public var findsAll = false
        /// Used in turn; never empty.
        public var strategies: [Strategy] = [.lingering, .priorities(depth: 3), .priorities(depth: 5)]
        /// Told how far it is, a few times a second, from any thread.
        public var onProgress: @Sendable (Progress) -> Void = { _ in }
        /// Asked before every schedule whether to end the search; what was found until then is shrunk and returned.
        public var isStopped: @Sendable () -> Bool = { false }

        public init(threads: Int) { self.threads = max(1, threads) }
    }

    /// How far an exploration is.
    public struct Progress: Sendable, Hashable {
        public var schedules = 0
        /// Runs that differed from each other, in their workload or their schedule.
        public var distinct = 0
        /// Whether `distinct` was counted. Beyond 65,536 it is estimated, with a standard error of 0.5 %.
        public var isDistinctExact = true
        /// Jobs run and points passed.
        public var steps = 0
        /// How many of the schedules fail.
        public var found = 0
        /// Whether the search is over, and what was found is being shrunk.
        public var isShrinking = false
    }

    private let configuration: Configuration

    public init(_ configuration: Configuration) { self.configuration = configuration }

    /// Explores one variant of a scenario. Blocks until it is done.
    /// - Throws: `SimulationError` if no simulation is possible here.
    public func explore(_ variant: ScenarioVariant) throws -> ScenarioExploration {
        try Simulation.prepare()
        let declared = variant.scenario
        let scenario = configuration.operationsPerWorker.map { declared.limited(toOperationsPerWorker: $0) } ?? declared
        var program = ExploredProgram(defects: configuration.defects)
        program.subject = configuration.subject
        let start = ContinuousClock.now
        let examinations = Examinations(scenario.checks(in: .simulated).map { $0.check().name })
        let search = ScheduleSearch(configuration, scenario, program, examinations).run()
        let searchDuration = Double((ContinuousClock.now - start).nanoseconds) / 1e9
        let isInterrupted = !search.isComplete && search.found.count == 0 && configuration.isStopped()
        if search.found.count > 0 {
            var progress = search.progress
            progress.isShrinking = true
            configuration.onProgress(progress)
        }
        let failures = try FailureCollector(configuration, scenario, program).collect(search.found)
        return ScenarioExploration(
            variant: variant, defects: configuration.defects, progress: search.progress,
            duration: Double((ContinuousClock.now - start).nanoseconds) / 1e9, failures: failures,
            digest: search.isComplete ? search.digest : nil, examined: examinations.all, isInterrupted: isInterrupted,
            searchDuration: searchDuration)
    }
}

extension Scenario {
    /// The same with mixes in which no worker does more than so much.
    package func limited(toOperationsPerWorker limit: Int) -> Scenario {
        var limited = self
        for index in limited.phases.indices {
            guard case .mix(var mix) = limited.phases[index].action else { continue }
            mix.operationsPerWorker = min(mix.operationsPerWorker, limit)
            limited.phases[index].action = .mix(mix)
        }
        return limited
    }
}

import CacheHierarchy
import ScenarioRunner
import Scenarios
import Simulation
import Support

/// Runs a scenario under many schedules, on several threads, and keeps what fails.
///
/// Schedules are numbered. Each portion of them shares a workload, which a seed of its own draws, so a number names a
/// run whatever thread makes it and however many threads there are. The first portion is run alone: what it teaches
/// about the length of runs, all others begin with.
final class ScheduleSearch: Sendable {
    private let configuration: ScenarioExplorer.Configuration
    private let scenario: Scenario
    private let program: ExploredProgram
    private let examinations: Examinations

    /// How many schedules share a workload.
    private static let portion = 10

    /// What the threads share.
    struct State {
        fileprivate var nextPortion = 1
        fileprivate(set) var progress = ScenarioExplorer.Progress()
        fileprivate var distinct = DistinctCount()
        fileprivate(set) var found = FoundRuns()
        /// Of all traces, whatever their order.
        fileprivate(set) var digest: UInt64 = 0
        /// Whether every schedule was run that was asked for.
        fileprivate(set) var isComplete = true
        fileprivate var shown: ContinuousClock.Instant?
    }

    private let state = Lock(State())

    /// - Parameter examinations: counts what the checks examine.
    init(
        _ configuration: ScenarioExplorer.Configuration, _ scenario: Scenario, _ program: ExploredProgram,
        _ examinations: Examinations
    ) {
        self.configuration = configuration
        self.scenario = scenario
        self.program = program
        self.examinations = examinations
    }

    /// - Returns: what came of it. Blocks until it is done.
    func run() -> State {
        Simulation.keepFreedMemory()
        let deadline = configuration.duration.map { ContinuousClock.now + $0 }
        let portions = (configuration.schedules + Self.portion - 1) / Self.portion
        let tuning = explore(portion: 0, StrategyTuning(), until: deadline)
        OwnThreads.perform(iterations: configuration.threads, threads: configuration.threads) { [self] _ in
            while let portion = nextPortion(of: portions, until: deadline) {
                _ = explore(portion: portion, tuning, until: deadline)
            }
        }
        return state.withLock { $0 }
    }

    private func nextPortion(of portions: Int, until deadline: ContinuousClock.Instant?) -> Int? {
        let isTimeUp = configuration.isStopped() || deadline.map { ContinuousClock.now >= $0 } ?? false
        return state.withLock { state in
            guard state.nextPortion < portions else { return nil }
            if isTimeUp {
                state.isComplete = false
                return nil
            }
            if let first = state.found.first, !configuration.findsAll, first <= state.nextPortion * Self.portion {
                state.isComplete = false
                return nil
            }
            defer { state.nextPortion += 1 }
            return state.nextPortion
        }
    }

    /// - Returns: what is known of the length of runs afterwards.
    private func explore(
        portion: Int, _ tuning: StrategyTuning, until deadline: ContinuousClock.Instant?
    ) -> StrategyTuning {
        let seed = configuration.seed &+ UInt64(portion)
        let seeds = SeededRandom(seed: seed)
        let input = ExploredInput(scenario, seed: seed)
        let workload = SeededRandom(seed: 0).split(input.plan.text).seed
        var explorer = program.explorer(counting: examinations)
        explorer.tuning = tuning
        for index in 0..<Self.portion {
            let number = portion * Self.portion + index + 1
            guard number <= configuration.schedules else { break }
            guard mayRun(number, until: deadline) else {
                state.withLock { $0.isComplete = false }
                break
            }
            let strategies = configuration.strategies
            let strategy = strategies[index % strategies.count]
            let run = explorer.run(input, seed: seeds.split(number: UInt64(index)).seed, strategy)
            let found =
                run.outcome.isFailure
                ? FoundRun(run, number: number, seed: seed, strategy: strategy, operations: input.plan.count) : nil
            let progress: ScenarioExplorer.Progress? = state.withLock { state in
                state.add(run, workload: workload, number: number)
                if let found { state.add(found, run.outcome) }
                return state.progressToShow()
            }
            if let progress { configuration.onProgress(progress) }
        }
        return explorer.tuning
    }

    /// What comes before a failure is still run, so that the earliest is found, however many threads there are.
    private func mayRun(_ number: Int, until deadline: ContinuousClock.Instant?) -> Bool {
        if configuration.isStopped() { return false }
        if let deadline, ContinuousClock.now >= deadline { return false }
        return configuration.findsAll || state.withLock { $0.found.first.map { number < $0 } ?? true }
    }
}

extension ScheduleSearch.State {
    fileprivate mutating func add<Value>(_ run: SimulationRun<Value>, workload: UInt64, number: Int) {
        let hash = SeededRandom(seed: run.trace.hash)
        distinct.insert(hash.split(number: workload).seed)
        digest &+= hash.split(number: UInt64(number)).seed
        progress.schedules += 1
        progress.distinct = distinct.count
        progress.isDistinctExact = distinct.isExact
        progress.steps += run.steps
    }

    fileprivate mutating func add(_ run: FoundRun, _ outcome: SimulationOutcome) {
        found.add(run, outcome)
        progress.found = found.count
    }

    /// A few times a second.
    fileprivate mutating func progressToShow() -> ScenarioExplorer.Progress? {
        let now = ContinuousClock.now
        if let shown, now - shown < .milliseconds(200) { return nil }
        shown = now
        return progress
    }
}

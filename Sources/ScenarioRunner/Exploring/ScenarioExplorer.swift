import CacheHierarchy
import Dispatch
import Locking
import Scenarios
import Simulation

/// Runs a scenario in the simulated world under many schedules, on all cores, until a check is violated.
///
/// Each portion of schedules has a workload of its own, drawn from a seed of its own. What fails is shrunk: fewer operations,
/// fewer switches between tasks.
public struct ScenarioExplorer: Sendable {
    /// What may be chosen.
    public struct Configuration: Sendable {
        /// How many schedules at most.
        public var schedules = 1_000
        /// For how long at most.
        public var duration: Duration?
        /// Decides every workload and every schedule.
        public var seed: UInt64 = 1
        /// The most that each worker does in a mix; `nil`: as the scenario says. Short runs are many runs.
        public var operationsPerWorker: Int?
        /// How many schedules are run at a time. Default: one for each core.
        public var threads: Int
        /// Deliberate bugs given to the cache; none by default.
        public var defects: Set<Defect> = []
        /// Told how far it is, a few times a second, from any thread.
        public var onProgress: @Sendable (Progress) -> Void = { _ in }

        public init(threads: Int) { self.threads = max(1, threads) }
    }

    /// How far an exploration is.
    public struct Progress: Sendable, Hashable {
        public var schedules = 0
        /// Schedules that differed from each other, within a portion at least.
        public var distinct = 0
        /// Jobs run and points passed.
        public var steps = 0
    }

    private let configuration: Configuration
    /// How many schedules share a workload, and how many are run between two looks at the clock.
    private static let portion = 10

    public init(_ configuration: Configuration) { self.configuration = configuration }

    /// What the threads share.
    private struct State {
        var nextPortion = 0
        var progress = Progress()
        var failures: [FoundFailure] = []
        var error: (any Error)?
    }

    /// Explores one variant of a scenario. Blocks until it is done.
    /// - Throws: `SimulationError` if no simulation is possible here.
    public func explore(_ declared: Scenario) throws -> ScenarioExploration {
        let scenario = configuration.operationsPerWorker.map { declared.limited(toOperationsPerWorker: $0) } ?? declared
        let state = Lock(State())
        let start = ContinuousClock.now
        let deadline = configuration.duration.map { start + $0 }
        let portions = (configuration.schedules + Self.portion - 1) / Self.portion
        DispatchQueue.concurrentPerform(iterations: configuration.threads) { _ in
            while deadline.map({ ContinuousClock.now < $0 }) ?? true {
                let portion: Int? = state.withLock { state in
                    guard state.nextPortion < portions, state.failures.isEmpty, state.error == nil else { return nil }
                    defer { state.nextPortion += 1 }
                    return state.nextPortion
                }
                guard let portion else { return }
                do {
                    let explored = try explore(scenario, portion: portion)
                    state.withLock { $0.progress.add(explored) }
                } catch let failure as FoundFailure {
                    state.withLock { state in
                        state.progress.schedules += failure.schedules
                        state.failures.append(failure)
                    }
                } catch {
                    state.withLock { $0.error = $0.error ?? error }
                }
                configuration.onProgress(state.withLock { $0.progress })
            }
        }
        let (progress, failures, error) = state.withLock { ($0.progress, $0.failures, $0.error) }
        if let error { throw error }
        return ScenarioExploration(
            scenario: scenario, defects: configuration.defects, progress: progress,
            duration: Double((ContinuousClock.now - start).nanoseconds) / 1e9,
            failure: failures.min { $0.operations < $1.operations })
    }

    /// - Throws: ``FoundFailure``, or `SimulationError`.
    private func explore(_ scenario: Scenario, portion: Int) throws -> Exploration {
        let run = SimulatedRun(scenario: scenario, defects: configuration.defects)
        let seed = configuration.seed &+ UInt64(portion)
        let schedules = min(Self.portion, configuration.schedules - portion * Self.portion)
        do {
            return try Simulation.explore(
                schedules: schedules, seed: seed, limits: SimulatedRun.limits,
                input: PlannedInput(WorkloadPlan(scenario, seed: seed)), smaller: { $0.smaller },
                { input in try await run.perform(input.plan) },
                check: { try run.judge($0.get()) })
        } catch let failure as ExplorationFailure {
            throw FoundFailure(failure, seed: seed)
        }
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

extension ScenarioExplorer.Progress {
    fileprivate mutating func add(_ exploration: Exploration) {
        schedules += exploration.schedules
        distinct += exploration.distinctSchedules
        steps += exploration.steps
    }
}

/// A plan as the input of simulations, which describe their inputs in words.
struct PlannedInput: Sendable, CustomStringConvertible {
    let plan: WorkloadPlan

    init(_ plan: WorkloadPlan) { self.plan = plan }

    var smaller: [PlannedInput] { plan.smaller.map(PlannedInput.init) }
    var description: String { plan.text }
}

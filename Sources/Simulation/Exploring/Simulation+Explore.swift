import CSimulation

extension Simulation {
    /// Runs the body under many schedules and stops at the first failure.
    ///
    /// A run fails if the body or the check throws, if no task can continue, if it exceeds its limit of steps, or if
    /// work escapes it. The failure is shrunk: it gets fewer switches between tasks while its kind of outcome stays
    /// the same. A pass proves only that none of these schedules failed.
    ///
    /// - Parameters:
    ///   - schedules: the maximum number of runs.
    ///   - strategies: the strategies, used in turn. Not empty.
    ///   - seed: decides all schedules and random numbers.
    ///   - limits: the limits of each run.
    ///   - body: the program. It creates all objects that it uses: shared state would carry over from run to run.
    ///   - check: examines each run that finished, outside the simulation.
    /// - Returns: how many schedules ran, and how many of them differed.
    /// - Throws: `ExplorationFailure`, with the trace and a token that replays the run; `SimulationError`.
    @discardableResult
    public static func explore<Value: Sendable>(
        schedules: Int, strategies: [Strategy] = .alternating, seed: UInt64 = 1,
        limits: SimulationLimits = SimulationLimits(),
        _ body: @escaping @Sendable () async throws -> Value,
        check: @escaping @Sendable (SimulationRun<Value>) throws -> Void = { _ in }
    ) throws -> Exploration {
        let body: @Sendable (NoInput) async throws -> Value = { _ in try await body() }
        return try explore(
            schedules: schedules, strategies: strategies, seed: seed, limits: limits, input: NoInput(),
            smaller: { _ in [] }, body, check: check)
    }

    /// As `explore(schedules:strategies:seed:limits:_:check:)`, for a body with an input, which is shrunk too.
    ///
    /// - Parameters:
    ///   - input: the argument of each run.
    ///   - smaller: returns inputs slightly smaller than a given one, the smallest first. Shrinking continues from
    ///     the first that still fails, and ends when none fails. `Simulation.withoutOne` returns them for lists.
    @discardableResult
    public static func explore<Input: Sendable, Value: Sendable>(
        schedules: Int, strategies: [Strategy] = .alternating, seed: UInt64 = 1,
        limits: SimulationLimits = SimulationLimits(), input: Input, smaller: (Input) -> [Input],
        _ body: @escaping @Sendable (Input) async throws -> Value,
        check: @escaping @Sendable (SimulationRun<Value>) throws -> Void = { _ in }
    ) throws -> Exploration {
        precondition(!strategies.isEmpty, "exploring needs a strategy")
        try prepare()
        var explorer = Explorer(limits: limits, body: body, check: check)
        let seeds = SeededRandom(seed: seed)
        var hashes: Set<UInt64> = []
        var steps = 0
        for number in 0..<schedules {
            let strategy = strategies[number % strategies.count]
            let run = explorer.run(input, seed: seeds.split(number: UInt64(number)).seed, strategy)
            hashes.insert(run.trace.hash)
            steps += run.steps
            guard run.outcome.isFailure else { continue }
            var shrinker = Shrinker(explorer: explorer, strategies: strategies, input: input, run: run)
            shrinker.shrink(smaller)
            throw ExplorationFailure(
                shrinker.run, foundAs: run, schedules: number + 1, strategy: strategy.name,
                attempts: shrinker.attempts,
                input: Input.self == NoInput.self ? nil : String(describing: shrinker.input))
        }
        return Exploration(schedules: schedules, distinctSchedules: hashes.count, steps: steps)
    }

    /// Returns the lists that lack one element of this one, the last element first. For the parameter `smaller`.
    /// O(n²).
    public static func withoutOne<Element>(_ list: [Element]) -> [[Element]] {
        list.indices.reversed().map { index in
            var shorter = list
            shorter.remove(at: index)
            return shorter
        }
    }

    /// Returns the lists of lists that lack one element of an inner list, or that lack an empty inner list. O(n²).
    public static func withoutOne<Element>(_ lists: [[Element]]) -> [[[Element]]] {
        lists.indices.reversed().flatMap { outer -> [[[Element]]] in
            let shorter = lists[outer].isEmpty ? [nil] : withoutOne(lists[outer]).map(Optional.some)
            return shorter.map { inner in
                var smaller = lists
                if let inner { smaller[outer] = inner } else { smaller.remove(at: outer) }
                return smaller
            }
        }
    }
}

/// The figures of an exploration without a failure.
public struct Exploration: Sendable {
    /// The number of runs.
    public let schedules: Int
    /// The number of different runs, by the hashes of their traces. If it is much smaller than `schedules`, more runs
    /// would hardly find new schedules.
    public let distinctSchedules: Int
    /// The steps of all runs together: jobs that ran and points that tasks passed.
    public let steps: Int
}

/// The input of a body without an input.
struct NoInput: Sendable {}

extension Simulation {
    /// Makes the process keep the memory that it frees, from now on and for all of its code.
    ///
    /// Each run of an exploration allocates as much memory as the one before, and frees all of it. If the allocator
    /// returns the pages to the system each time, a tenth of the time goes into getting the same pages again. This
    /// has no effect with an allocator that lacks the setting.
    package static func keepFreedMemory() { simulation_keep_freed_memory() }
}

extension Simulation {
    /// Runs the body under many schedules, and stops at the first that fails.
    ///
    /// A run fails if the body or the check throws, if it cannot end, is too long, or if work escapes it. The failure
    /// is shrunk: fewer switches between tasks, as long as it fails in the same way. A pass proves only that none of
    /// these schedules failed.
    ///
    /// - Parameters:
    ///   - schedules: how many runs at most.
    ///   - strategies: used in turn.
    ///   - seed: decides everything.
    ///   - body: makes all it uses anew in each run; what runs share would carry over from one to the next.
    ///   - check: looks at each run that finished, outside the simulation.
    /// - Throws: `ExplorationFailure`, with the story of the run and a token that replays it; `SimulationError`.
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

    /// As `explore(schedules:strategies:seed:limits:_:check:)`, for a body that works on an input, which is shrunk too.
    ///
    /// - Parameters:
    ///   - input: what each run is given.
    ///   - smaller: the inputs that are a little smaller than one, the smallest first. Shrinking goes on from the first
    ///     that still fails and ends where none does. `Simulation.withoutOne` makes them for lists.
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

    /// The lists that lack one element of this one, the last first. A hook for `smaller`.
    public static func withoutOne<Element>(_ list: [Element]) -> [[Element]] {
        list.indices.reversed().map { index in
            var shorter = list
            shorter.remove(at: index)
            return shorter
        }
    }

    /// The lists of lists that lack one element of one of the inner lists, or an empty inner list.
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

/// What was explored without a failure.
public struct Exploration: Sendable {
    /// Runs.
    public let schedules: Int
    /// Runs that differed from each other, by the hashes of their traces. Many fewer than `schedules`: there is not
    /// much more to find in this way.
    public let distinctSchedules: Int
    /// Of all runs together: jobs run and points passed.
    public let steps: Int
}

/// For a body without an input.
struct NoInput: Sendable {}

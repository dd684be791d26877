extension Simulation {
    /// Runs the body under every schedule, for small programs.
    ///
    /// A pass with the verdict `everySchedule` proves that no schedule of this program, at its points and suspensions,
    /// fails; given that what its points declare is true. Orders of steps that touch different objects, by
    /// `point(_:touching:writes:)`, are run once. The number of schedules grows exponentially with tasks and points.
    ///
    /// `withTaskGroup` wakes its owner for every child, which multiplies schedules; `withDiscardingTaskGroup` wakes it
    /// once.
    ///
    /// - Parameters:
    ///   - schedules: how many runs at most, also those that are broken off because they would repeat others.
    ///   - isReducing: false to run all orders, also those of independent steps.
    ///   - body: must be the same program in every run: no time, chance or address of the process.
    ///   - check: looks at each run that finished, outside the simulation.
    /// - Throws: `ExplorationFailure` at the first schedule that fails, shrunk; `SimulationError.notRepeatable` if the
    ///   body is not the same program in every run.
    @discardableResult
    public static func exhaust<Value: Sendable>(
        schedules: Int = 100_000, isReducing: Bool = true, limits: SimulationLimits = SimulationLimits(),
        _ body: @escaping @Sendable () async throws -> Value,
        check: @escaping @Sendable (SimulationRun<Value>) throws -> Void = { _ in }
    ) throws -> ExhaustiveExploration {
        try prepare()
        var explorer = Explorer<NoInput, Value>(limits: limits, body: { _ in try await body() }, check: check)
        let search = SystematicSearch(isReducing: isReducing)
        var visited = 0
        var abandoned = 0
        repeat {
            if visited + abandoned == schedules {
                return ExhaustiveExploration(verdict: .unknown, schedules: visited, abandoned: abandoned)
            }
            let run = explorer.run(NoInput(), seed: 1, search)
            if let divergence = search.divergence { throw SimulationError.notRepeatable(divergence) }
            if case .abandoned = run.outcome { abandoned += 1 } else { visited += 1 }
            if run.outcome.isFailure {
                var shrinker = Shrinker(explorer: explorer, strategies: .alternating, input: NoInput(), run: run)
                shrinker.shrink { _ in [] }
                throw ExplorationFailure(
                    shrinker.run, foundAs: run, schedules: visited, strategy: "exhaustive",
                    attempts: shrinker.attempts, input: nil)
            }
        } while search.advance()
        return ExhaustiveExploration(verdict: .everySchedule, schedules: visited, abandoned: abandoned)
    }
}

/// What an exhaustive exploration has visited without a failure.
public struct ExhaustiveExploration: Sendable {
    public enum Verdict: Sendable {
        /// Every schedule was run, or one that differs only in the order of independent steps.
        case everySchedule
        /// The number of runs did not suffice. Unknown is not pass.
        case unknown
    }

    public let verdict: Verdict
    /// Run to their end.
    public let schedules: Int
    /// Broken off because they could only repeat others.
    public let abandoned: Int
}

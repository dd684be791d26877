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
        try exhaust(
            SystematicSearch(isReducing: isReducing), limits: limits, input: NoInput(), smaller: { _ in [] },
            goesOn: { $0.schedules + $0.abandoned < schedules }, { _ in try await body() }, check: check)
    }

    /// As `exhaust(schedules:isReducing:limits:_:check:)`, but only the decisions within `exploring(_:)` are explored; the
    /// others are the usual ones. What is explored ends when nothing else can run, so more orders are left out: an
    /// alternative is tried only where a later step has been seen to depend on the one chosen.
    ///
    /// - Parameters:
    ///   - input: what each run is given.
    ///   - smaller: the inputs that are a little smaller than one, the smallest first, to shrink what fails.
    ///   - goesOn: asked before each run whether there is time for another one; otherwise the verdict is `unknown`.
    @discardableResult
    public static func exhaustMarked<Input: Sendable, Value: Sendable>(
        isReducing: Bool = true, limits: SimulationLimits = SimulationLimits(), input: Input,
        smaller: (Input) -> [Input], while goesOn: (ExhaustiveExploration) -> Bool,
        _ body: @escaping @Sendable (Input) async throws -> Value,
        check: @escaping @Sendable (SimulationRun<Value>) throws -> Void = { _ in }
    ) throws -> ExhaustiveExploration {
        try exhaust(
            SystematicSearch(isReducing: isReducing, extent: .marked), limits: limits, input: input, smaller: smaller,
            goesOn: goesOn, body, check: check)
    }

    private static func exhaust<Input: Sendable, Value: Sendable>(
        _ search: SystematicSearch, limits: SimulationLimits, input: Input, smaller: (Input) -> [Input],
        goesOn: (ExhaustiveExploration) -> Bool, _ body: @escaping @Sendable (Input) async throws -> Value,
        check: @escaping @Sendable (SimulationRun<Value>) throws -> Void
    ) throws -> ExhaustiveExploration {
        try prepare()
        var explorer = Explorer(limits: limits, body: body, check: check)
        var explored = ExhaustiveExploration()
        repeat {
            guard goesOn(explored) else { return explored }
            let run = explorer.run(input, seed: 1, search)
            if let divergence = search.divergence { throw SimulationError.notRepeatable(divergence) }
            if case .abandoned = run.outcome { explored.abandoned += 1 } else { explored.schedules += 1 }
            explored.steps += run.steps
            explored.longest = search.longest
            if run.outcome.isFailure {
                var shrinker = Shrinker(explorer: explorer, strategies: .alternating, input: input, run: run)
                shrinker.shrink(smaller)
                throw ExplorationFailure(
                    shrinker.run, foundAs: run, schedules: explored.schedules + explored.abandoned,
                    strategy: "exhaustive", attempts: shrinker.attempts,
                    input: Input.self == NoInput.self ? nil : String(describing: shrinker.input))
            }
        } while search.advance()
        explored.verdict = .everySchedule
        return explored
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

    public fileprivate(set) var verdict = Verdict.unknown
    /// Run to their end.
    public fileprivate(set) var schedules = 0
    /// Broken off because they could only repeat others.
    public fileprivate(set) var abandoned = 0
    /// Of all runs together: jobs run and points passed.
    public fileprivate(set) var steps = 0
    /// The most explored steps that a run had.
    public fileprivate(set) var longest = 0

    /// Nothing yet.
    public init() {}
}

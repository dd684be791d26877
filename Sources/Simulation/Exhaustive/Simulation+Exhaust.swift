extension Simulation {
    /// Runs the body under every schedule. For small programs.
    ///
    /// A pass with the verdict `everySchedule` proves that no schedule of this program fails, at its points and
    /// suspensions, provided that the declarations of its points are true. Steps that access different objects, by
    /// `point(_:touching:writes:)`, run in one order only. The number of schedules grows exponentially with the
    /// numbers of tasks and points.
    ///
    /// `withTaskGroup` wakes its owner for every child, which multiplies the schedules. `withDiscardingTaskGroup`
    /// wakes it once.
    ///
    /// - Parameters:
    ///   - schedules: the maximum number of runs, including those that end early because they would repeat others.
    ///   - isReducing: false to run all orders, including those of independent steps.
    ///   - limits: the limits of each run.
    ///   - body: the program. It must be the same in every run: it uses no time, chance or address of the process.
    ///   - check: examines each run that finished, outside the simulation.
    /// - Returns: the verdict and the number of runs.
    /// - Throws: `ExplorationFailure` at the first schedule that fails, shrunk. `SimulationError.notRepeatable` if
    ///   the body is not the same program in every run.
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

    /// As `exhaust(schedules:isReducing:limits:_:check:)`, but explores only the decisions within `exploring(_:)`.
    ///
    /// All other decisions are the usual ones. The marked part ends when no task can run, which allows a stronger
    /// reduction: the search tries an alternative only if a later step depended on the chosen one.
    ///
    /// - Parameters:
    ///   - isReducing: false to run all orders, including those of independent steps.
    ///   - limits: the limits of each run.
    ///   - input: the argument of each run.
    ///   - smaller: returns inputs slightly smaller than a given one, the smallest first, for shrinking.
    ///   - goesOn: called before each run. If it returns false, the exploration ends with the verdict `unknown`.
    ///   - body: the program, the same in every run.
    ///   - check: examines each run that finished, outside the simulation.
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

/// The figures of an exhaustive exploration without a failure.
public struct ExhaustiveExploration: Sendable {
    /// Whether the exploration was complete.
    public enum Verdict: Sendable {
        /// Every schedule ran, or one that differs from it only in the order of independent steps.
        case everySchedule
        /// The exploration ended before all schedules had run. Unknown is not pass.
        case unknown
    }

    /// Whether the exploration was complete.
    public fileprivate(set) var verdict = Verdict.unknown
    /// The number of runs that ran to their end.
    public fileprivate(set) var schedules = 0
    /// The number of runs that ended early because they could only repeat others.
    public fileprivate(set) var abandoned = 0
    /// The steps of all runs together: jobs that ran and points that tasks passed.
    public fileprivate(set) var steps = 0
    /// The maximum number of explored steps in one run.
    public fileprivate(set) var longest = 0

    /// Creates an exploration without runs.
    public init() {}
}

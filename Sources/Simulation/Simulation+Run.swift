extension Simulation {
    /// Runs the body once, on this thread. Returns when the run has an outcome.
    ///
    /// - Parameters:
    ///   - seed: decides the choices of the strategy and the numbers of `Simulation.random`.
    ///   - strategy: decides which task runs next.
    ///   - limits: the limits of the run.
    ///   - body: task 0. When it returns, the engine cancels the tasks that it started and did not await.
    /// - Returns: the run, whatever its outcome. `SimulationRun.get()` turns a failure into an error.
    /// - Throws: `SimulationError` if no simulation is possible here.
    public static func run<Value: Sendable>(
        seed: UInt64 = 1, strategy: Strategy = .random, limits: SimulationLimits = SimulationLimits(),
        _ body: @escaping @Sendable () async throws -> Value
    ) throws(SimulationError) -> SimulationRun<Value> {
        try prepare()
        let engine = Engine()
        engine.scheduler = strategy.scheduler(seed: seed, decisions: 100)
        return engine.run(seed: seed, limits: limits, body: body)
    }

    /// Runs the body under the schedule of a token.
    ///
    /// If the program has not changed since, the hash of the new trace equals `token.traceHash`.
    ///
    /// - Throws: `SimulationError` if no simulation is possible here.
    public static func replay<Value: Sendable>(
        _ token: ReplayToken, limits: SimulationLimits = SimulationLimits(),
        _ body: @escaping @Sendable () async throws -> Value
    ) throws(SimulationError) -> SimulationRun<Value> {
        try run(seed: token.schedule.seed, strategy: .replay(token.schedule), limits: limits, body)
    }

    /// As `replay(_:limits:_:)`, from the text of a token.
    ///
    /// - Throws: `ReplayToken.Malformed`; `SimulationError` if no simulation is possible here.
    public static func replay<Value: Sendable>(
        _ token: String, limits: SimulationLimits = SimulationLimits(),
        _ body: @escaping @Sendable () async throws -> Value
    ) throws -> SimulationRun<Value> {
        try replay(ReplayToken(token), limits: limits, body)
    }

    /// Checks that a simulation can begin on this thread, and that work that begins in it stays in it.
    package static func prepare() throws(SimulationError) {
        guard !isActive else { throw .alreadySimulating }
        guard Executors.install() else { throw .executorsCannotBeReplaced }
        let strays = SelfTest.strays
        guard strays.isEmpty else { throw .workLandsElsewhere(strays) }
    }
}

/// The limits of a run.
public struct SimulationLimits: Sendable {
    /// The maximum number of jobs that run and points that tasks pass. A run that needs more ends with the outcome
    /// `stepBudgetSpent`. Default: 100,000.
    public var steps: Int
    /// The real time to wait for another thread when no task can run. Default: 20 milliseconds.
    ///
    /// If another thread replies within this time, the outcome is an escape. Otherwise it is a deadlock.
    public var escapeGrace: Duration
    /// For exhaustive exploration: declares that no task accesses a shared object before its first point or
    /// suspension. Default: false.
    ///
    /// This omits many orders. Nothing checks the declaration, and a false one hides schedules.
    public var startsTouchNothing: Bool
    /// Called about every 4,096 steps, on the thread of the simulation. Default: nil.
    ///
    /// Once it returns true, the engine cancels the body's task, and the run continues until the body ends.
    public var isCancelled: (@Sendable () -> Bool)?

    /// Creates limits; each parameter is described at its property.
    public init(steps: Int = 100_000, escapeGrace: Duration = .milliseconds(20), startsTouchNothing: Bool = false) {
        self.steps = steps
        self.escapeGrace = escapeGrace
        self.startsTouchNothing = startsTouchNothing
    }
}

/// The error for a simulation that is not possible.
public enum SimulationError: Error, CustomStringConvertible {
    /// The caller runs inside a simulation already.
    case alreadySimulating
    /// The runtime or the compiler is older than Swift 6.3, or other code has replaced the executors since.
    case executorsCannotBeReplaced
    /// These kinds of work begin inside a simulation and run elsewhere.
    case workLandsElsewhere([String])
    /// An exhaustive exploration or a replay met other tasks than before, under the same decisions.
    case notRepeatable(String)

    /// The reason, in one line.
    public var description: String {
        switch self {
        case .alreadySimulating: "a simulation cannot begin inside another simulation"
        case .executorsCannotBeReplaced:
            "simulations need the runtime of Swift 6.3 or later, and no other code may replace its executors"
        case .workLandsElsewhere(let kinds):
            "these kinds of work began inside a simulation and ran elsewhere: \(kinds.joined(separator: ", "))"
        case .notRepeatable(let what): "the program differs from run to run under the same decisions: \(what)"
        }
    }
}

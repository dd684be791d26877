extension Simulation {
    /// Runs the body once, on this thread, and returns when it has ended or cannot end.
    ///
    /// - Parameters:
    ///   - seed: decides the strategy's choices and `Simulation.random`.
    ///   - strategy: who runs next.
    ///   - limits: how long a run may be.
    ///   - body: task 0. Work that it begins and does not wait for is cancelled when it returns.
    /// - Returns: the run, whatever its outcome; `SimulationRun.get()` turns a bad outcome into an error.
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

    /// Runs the body as the run that the token is of. `token.traceHash` equals the hash of the new run's trace if
    /// nothing has changed since.
    public static func replay<Value: Sendable>(
        _ token: ReplayToken, limits: SimulationLimits = SimulationLimits(),
        _ body: @escaping @Sendable () async throws -> Value
    ) throws(SimulationError) -> SimulationRun<Value> {
        try run(seed: token.schedule.seed, strategy: .replay(token.schedule), limits: limits, body)
    }

    /// As `replay(_:limits:_:)`, from the token's text.
    public static func replay<Value: Sendable>(
        _ token: String, limits: SimulationLimits = SimulationLimits(),
        _ body: @escaping @Sendable () async throws -> Value
    ) throws -> SimulationRun<Value> {
        try replay(ReplayToken(token), limits: limits, body)
    }

    /// Makes sure that a simulation can begin on this thread, and that it would hold what is begun in it.
    package static func prepare() throws(SimulationError) {
        guard !isActive else { throw .alreadySimulating }
        guard Executors.install() else { throw .executorsCannotBeReplaced }
        let strays = SelfTest.strays
        guard strays.isEmpty else { throw .workLandsElsewhere(strays) }
    }
}

/// How long a run may be.
public struct SimulationLimits: Sendable {
    /// Jobs run and points passed. A run that needs more is reported as one that may never end.
    public var steps: Int
    /// Real time. When nothing can run any more, how long to wait for another thread that might have been asked to
    /// resume somebody: with an answer the run is an escape, without one a deadlock.
    public var escapeGrace: Duration
    /// Exhaustive exploration only. Says that no task touches anything shared before its first point or suspension,
    /// which leaves out many orders. Not checked: if it is wrong, schedules are missed.
    public var startsTouchNothing: Bool
    /// Asked every few thousand steps, on the simulation's thread. Once it says so, the body's task is cancelled, and the
    /// run goes on to the end that the body finds then. Default: never.
    public var isCancelled: (@Sendable () -> Bool)?

    public init(steps: Int = 100_000, escapeGrace: Duration = .milliseconds(20), startsTouchNothing: Bool = false) {
        self.steps = steps
        self.escapeGrace = escapeGrace
        self.startsTouchNothing = startsTouchNothing
    }
}

/// No simulation is possible.
public enum SimulationError: Error, CustomStringConvertible {
    /// A simulation was begun inside another one.
    case alreadySimulating
    /// The runtime or the compiler is older than Swift 6.3, or somebody else has replaced the executors since.
    case executorsCannotBeReplaced
    /// These kinds of work, begun inside a simulation, do not run there.
    case workLandsElsewhere([String])
    /// An exhaustive exploration, or a replay, met other tasks than before under the same decisions.
    case notRepeatable(String)

    public var description: String {
        switch self {
        case .alreadySimulating: "a simulation cannot be begun inside a simulation"
        case .executorsCannotBeReplaced:
            "simulations need the runtime of Swift 6.3 or later, and its executors in nobody else's hands"
        case .workLandsElsewhere(let kinds):
            "begun inside a simulation, this ran elsewhere: \(kinds.joined(separator: ", "))"
        case .notRepeatable(let what): "the same decisions led to another run: \(what)"
        }
    }
}

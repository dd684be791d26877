/// One run of a simulation.
public struct SimulationRun<Value: Sendable>: Sendable {
    public internal(set) var outcome: SimulationOutcome
    /// What the body returned, if it did.
    public let value: Value?
    public let trace: SimulationTrace
    /// The decisions, for `Strategy.replay`.
    public let schedule: Schedule
    /// Jobs run and points passed.
    public let steps: Int
    /// How often another task than the one before was run, for whatever reason.
    public let switches: Int
    public let tasks: Int
    /// Virtual time.
    public let duration: Duration

    /// How often a task that could have gone on had to wait because another was given its turn: the switches that are
    /// the schedule's doing, and not the program's. O(steps).
    public var preemptions: Int { trace.preemptions }

    /// Replays this run from a text.
    public var token: ReplayToken { ReplayToken(schedule: schedule, traceHash: trace.hash) }

    /// What the body returned.
    ///
    /// - Throws: what the body threw, or `SimulationFailure`.
    @discardableResult
    public func get() throws -> Value {
        if case .failed(let error) = outcome { throw error }
        guard let value, !outcome.isFailure else { throw SimulationFailure(outcome: outcome, token: token) }
        return value
    }
}

/// A run did not end well.
public struct SimulationFailure: Error, CustomStringConvertible {
    public let outcome: SimulationOutcome
    public let token: ReplayToken

    public var description: String { "\(outcome)\n  again: \(token)" }
}

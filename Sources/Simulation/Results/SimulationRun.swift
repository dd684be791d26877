/// The result of one run of a simulation.
public struct SimulationRun<Value: Sendable>: Sendable {
    /// How the run ended.
    public internal(set) var outcome: SimulationOutcome
    /// The value of the body, or nil if the body did not return.
    public let value: Value?
    /// The steps of the run, in order.
    public let trace: SimulationTrace
    /// The decisions of the run, for `Strategy.replay`.
    public let schedule: Schedule
    /// The number of jobs that ran and points that tasks passed.
    public let steps: Int
    /// How often another task ran than in the step before, for any reason.
    public let switches: Int
    /// The number of tasks, the body included.
    public let tasks: Int
    /// The virtual time from the beginning to the end of the run.
    public let duration: Duration

    /// How often a task that could have continued had to wait because another task was next.
    ///
    /// The schedule causes these switches, and the program causes the others. O(steps).
    public var preemptions: Int { trace.preemptions }

    /// The token that replays this run.
    public var token: ReplayToken { ReplayToken(schedule: schedule, traceHash: trace.hash) }

    /// Returns the value of the body.
    ///
    /// - Throws: the error that the body threw, or `SimulationFailure`.
    @discardableResult
    public func get() throws -> Value {
        if case .failed(let error) = outcome { throw error }
        guard let value, !outcome.isFailure else { throw SimulationFailure(outcome: outcome, token: token) }
        return value
    }
}

/// The error of a run whose outcome is a failure.
public struct SimulationFailure: Error, CustomStringConvertible {
    /// How the run ended.
    public let outcome: SimulationOutcome
    /// The token that replays the run.
    public let token: ReplayToken

    /// The outcome, and the token on a second line.
    public var description: String { "\(outcome)\n  reproduce: \(token)" }
}

/// The decisions of a run. The program, the seed and the decisions determine the run completely.
public struct Schedule: Sendable, Hashable {
    /// The seed of the run. It determines `Simulation.random`.
    public let seed: UInt64
    /// The code of a `Choice` for each decision. Decisions missing at the end are `usual`.
    let codes: [UInt32]

    init(seed: UInt64, codes: [UInt32]) {
        self.seed = seed
        self.codes = codes
    }

    /// The number of moments with more than one option.
    public var decisions: Int { codes.count }

    /// The decisions that are not the usual ones, by their number.
    var unusual: [(decision: Int, code: UInt32)] {
        codes.enumerated().filter { $0.element != Choice.usual.code }.map { ($0.offset, $0.element) }
    }

    init(seed: UInt64, unusual: [(decision: Int, code: UInt32)]) {
        var codes = [UInt32](repeating: Choice.usual.code, count: (unusual.map(\.decision).max() ?? -1) + 1)
        for (decision, code) in unusual { codes[decision] = code }
        self.init(seed: seed, codes: codes)
    }
}

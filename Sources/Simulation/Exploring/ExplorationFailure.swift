/// A schedule that fails, shrunk as far as possible.
public struct ExplorationFailure: Error, Sendable, CustomStringConvertible {
    /// The outcome of the smallest run.
    public let outcome: SimulationOutcome
    /// The number of schedules that were run, up to and including the first failure.
    public let schedules: Int
    /// The name of the strategy that chose the failing schedule.
    public let strategy: String
    /// The number of switches between tasks in the run that was found, before shrinking.
    public let switchesWhenFound: Int
    /// The number of switches between tasks in the smallest run.
    public let switches: Int
    /// The number of preemptions in the run that was found: a task that could have continued had to wait.
    public let preemptionsWhenFound: Int
    /// The number of preemptions in the smallest run.
    public let preemptions: Int
    /// The number of runs that shrinking took.
    public let attempts: Int
    /// The smallest input that fails, as text. Nil if the body has no input.
    public let input: String?
    /// The smallest run, step by step.
    public let trace: SimulationTrace
    /// The token that replays the smallest run, on the smallest input.
    public let token: ReplayToken

    init<Value>(
        _ run: SimulationRun<Value>, foundAs found: SimulationRun<Value>, schedules: Int, strategy: String,
        attempts: Int, input: String?
    ) {
        outcome = run.outcome
        self.schedules = schedules
        self.strategy = strategy
        switchesWhenFound = found.switches
        switches = run.switches
        preemptionsWhenFound = found.preemptions
        preemptions = run.preemptions
        self.attempts = attempts
        self.input = input
        trace = run.trace
        token = run.token
    }

    /// Several lines: the outcome, the figures of shrinking, the input, the trace, and the call that replays the run.
    public var description: String {
        var lines = [
            "\(outcome)",
            "  schedule \(schedules), \(strategy); shrunk from \(switchesWhenFound) switches to \(switches), of which"
                + " \(preemptions) preempt, in \(attempts) runs",
        ]
        if let input { lines.append("  input: \(input)") }
        lines.append(trace.description)
        lines.append("  reproduce: Simulation.replay(\"\(token)\")")
        return lines.joined(separator: "\n")
    }
}

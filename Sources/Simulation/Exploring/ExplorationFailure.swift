/// A schedule that fails, as small as it could be made.
public struct ExplorationFailure: Error, Sendable, CustomStringConvertible {
    /// How the smallest run ended.
    public let outcome: SimulationOutcome
    /// How many schedules were run until one failed.
    public let schedules: Int
    /// What chose the schedule that failed.
    public let strategy: String
    /// Of the run that was found.
    public let switchesWhenFound: Int
    /// Of the smallest run.
    public let switches: Int
    /// Of the run that was found, how often a task that could have gone on was made to wait.
    public let preemptionsWhenFound: Int
    /// The same of the smallest run.
    public let preemptions: Int
    /// How many runs shrinking took.
    public let attempts: Int
    /// The smallest input that fails.
    public let input: String?
    /// The smallest run, step by step.
    public let trace: SimulationTrace
    /// Replays the smallest run, on the smallest input.
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

    public var description: String {
        var lines = [
            "\(outcome)",
            "  schedule \(schedules), \(strategy); shrunk from \(switchesWhenFound) switches to \(switches), of which"
                + " \(preemptions) preempt, in \(attempts) runs",
        ]
        if let input { lines.append("  input: \(input)") }
        lines.append(trace.description)
        lines.append("  again: Simulation.replay(\"\(token)\")")
        return lines.joined(separator: "\n")
    }
}

/// Runs one program many times, each time judged by the same check.
struct Explorer<Input: Sendable, Value: Sendable> {
    let limits: SimulationLimits
    let body: @Sendable (Input) async throws -> Value
    let check: @Sendable (SimulationRun<Value>) throws -> Void

    private var engine = Engine()
    /// Of the previous run: tunes strategies that need to know how long a run is.
    private var decisions = 100

    init(
        limits: SimulationLimits, body: @escaping @Sendable (Input) async throws -> Value,
        check: @escaping @Sendable (SimulationRun<Value>) throws -> Void
    ) {
        self.limits = limits
        self.body = body
        self.check = check
    }

    mutating func run(_ input: Input, seed: UInt64, _ strategy: Strategy) -> SimulationRun<Value> {
        engine.scheduler = strategy.scheduler(seed: seed, decisions: decisions)
        engine.search = nil
        let run = judge(input, seed: seed, limits)
        if run.schedule.decisions > 0 { decisions = run.schedule.decisions }
        return run
    }

    mutating func run(_ input: Input, seed: UInt64, _ search: SystematicSearch) -> SimulationRun<Value> {
        engine.search = search
        return judge(input, seed: seed, limits)
    }

    /// Runs a schedule again. What is known to be no escape is not waited for.
    mutating func replay(_ input: Input, _ schedule: Schedule, waitingForEscapes: Bool) -> SimulationRun<Value> {
        engine.scheduler = ReplayScheduler(schedule)
        engine.search = nil
        var limits = limits
        if !waitingForEscapes { limits.escapeGrace = .zero }
        return judge(input, seed: schedule.seed, limits)
    }

    private mutating func judge(_ input: Input, seed: UInt64, _ limits: SimulationLimits) -> SimulationRun<Value> {
        let body = body
        var run = engine.run(seed: seed, limits: limits) { try await body(input) }
        if run.outcome.leavesTasks { engine = Engine() }
        if case .finished = run.outcome {
            do { try check(run) } catch { run.outcome = .failed(error) }
        }
        return run
    }
}

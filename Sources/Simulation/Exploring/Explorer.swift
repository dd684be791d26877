/// Runs one program many times and applies the same check to each run.
///
/// Call `Simulation.prepare` first. Otherwise work could leave the simulation without notice.
package struct Explorer<Input: Sendable, Value: Sendable> {
    private let limits: SimulationLimits
    private let body: @Sendable (Input) async throws -> Value
    private let check: @Sendable (SimulationRun<Value>) throws -> Void
    private var engine = Engine()
    /// The lengths of earlier runs. A caller may pass it from one explorer to the next.
    package var tuning = StrategyTuning()

    package init(
        limits: SimulationLimits, body: @escaping @Sendable (Input) async throws -> Value,
        check: @escaping @Sendable (SimulationRun<Value>) throws -> Void
    ) {
        self.limits = limits
        self.body = body
        self.check = check
    }

    /// Runs the program once, under a schedule of the strategy.
    package mutating func run(_ input: Input, seed: UInt64, _ strategy: Strategy) -> SimulationRun<Value> {
        engine.scheduler = strategy.scheduler(seed: seed, decisions: tuning.decisions(of: strategy))
        engine.search = nil
        let run = judge(input, seed: seed, limits)
        tuning.learn(run.schedule.decisions, of: strategy)
        return run
    }

    mutating func run(_ input: Input, seed: UInt64, _ search: SystematicSearch) -> SimulationRun<Value> {
        engine.search = search
        return judge(input, seed: seed, limits)
    }

    /// Runs a schedule again. Without `waitingForEscapes` the run does not wait for replies of other threads.
    package mutating func replay(
        _ input: Input, _ schedule: Schedule, waitingForEscapes: Bool = true
    ) -> SimulationRun<Value> {
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

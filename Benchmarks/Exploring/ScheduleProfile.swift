import Exploration
import ScenarioRunner
import Scenarios
import Simulation
import Support

/// Where the processor time of one schedule goes, part by part.
struct ScheduleProfile {
    private let run: SimulatedRun
    private let title: String
    private let schedules: Int

    init(_ scenario: Scenario, operationsPerWorker: Int) {
        let limited = scenario.limited(toOperationsPerWorker: operationsPerWorker)
        run = SimulatedRun(scenario: limited, defects: [])
        title = "\(scenario.name), \(operationsPerWorker) operations a worker"
        schedules = operationsPerWorker > 100 ? 40 : 400
    }

    /// Prints the parts in the order in which they come, in microseconds.
    func report() throws {
        // As exploring does.
        Simulation.keepFreedMemory()
        let watch = StageWatch()
        var steps = 0
        for number in 0..<schedules {
            watch.begin("planning the workload")
            let plan = WorkloadPlan(run.scenario, seed: UInt64(number))
            watch.begin("starting the simulation")
            let run = run
            let strategies = ScenarioExplorer.Configuration(threads: 1).strategies
            let simulated = try Simulation.run(
                seed: UInt64(number), strategy: strategies[number % strategies.count], limits: SimulatedRun.limits
            ) {
                defer { watch.begin("ending the simulation") }
                return try await run.perform(plan, onStage: { watch.begin($0) })
            }
            steps += simulated.steps
            let record = try simulated.get()
            for check in run.checks {
                watch.begin("check \(check.word)")
                try run.judge(record, check)
            }
            watch.end()
        }
        let parts = watch.parts
        let total = parts.reduce(0) { $0 + $1.seconds }
        print("\(title): \(Self.microseconds(total, schedules)) µs, \(steps / schedules) steps")
        for part in parts {
            let share = Int(100 * part.seconds / total)
            print("    \(part.stage): \(Self.microseconds(part.seconds, schedules)) µs, \(share) %")
        }
    }

    private static func microseconds(_ seconds: Double, _ schedules: Int) -> Int {
        Int((seconds / Double(schedules) * 1e6).rounded())
    }
}

/// Adds up the processor time of stages that follow each other.
final class StageWatch: Sendable {
    private struct State {
        var stages: [String] = []
        var seconds: [Double] = []
        var current: Int?
        var since = Stopwatch()
    }

    // One thread uses it; the lock is there because a simulation's body may be run by any.
    private let state = Lock(State())

    func begin(_ stage: String) {
        state.withLock { state in
            Self.close(&state)
            let index = state.stages.firstIndex(of: stage) ?? state.stages.count
            if index == state.stages.count {
                state.stages.append(stage)
                state.seconds.append(0)
            }
            state.current = index
            state.since = Stopwatch()
        }
    }

    func end() { state.withLock { Self.close(&$0) } }

    /// In the order in which they were first begun.
    var parts: [(stage: String, seconds: Double)] {
        state.withLock { Array(zip($0.stages, $0.seconds)).map { (stage: $0.0, seconds: $0.1) } }
    }

    private static func close(_ state: inout State) {
        guard let current = state.current else { return }
        state.seconds[current] += state.since.processorTime
        state.current = nil
    }
}

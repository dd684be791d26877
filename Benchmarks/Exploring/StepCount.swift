import Exploration
import ScenarioRunner
import Scenarios
import Simulation

/// What the steps of one schedule are: the points and waypoints that were passed, by name, and the jobs that were run.
struct StepCount {
    private static let schedules = 30

    private let run: SimulatedRun
    private let title: String

    init(_ scenario: Scenario, operationsPerWorker: Int) {
        run = SimulatedRun(scenario: scenario.limited(toOperationsPerWorker: operationsPerWorker), defects: [])
        title = "\(scenario.name), \(operationsPerWorker) operations a worker"
    }

    /// Prints how many of each a schedule has, on average of all strategies; the most frequent first.
    func report() throws {
        var steps = 0
        var names: [String: Int] = [:]
        for number in 0..<Self.schedules {
            let plan = WorkloadPlan(run.scenario, seed: UInt64(number))
            let strategies = ScenarioExplorer.Configuration(threads: 1).strategies
            let simulated = try Simulation.run(
                seed: UInt64(number), strategy: strategies[number % strategies.count], limits: SimulatedRun.limits
            ) { [run] in try await run.perform(plan) }
            steps += simulated.steps
            for passage in simulated.trace.passages { names[passage.point, default: 0] += 1 }
        }
        print("\(title): \(steps / Self.schedules) steps")
        for (name, count) in names.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            print("    \(name): \(count / Self.schedules)")
        }
    }
}

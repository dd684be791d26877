import CacheHierarchy
import Exploration
import ScenarioRunner
import Scenarios
import Simulation

/// How many schedules of each strategy find a defect of the announced race, and how many steps they take for it.
enum StrategyRates {
    private static let defects: [Defect] = [.staleFill, .wrongLayerOrder, .tagTimeAfterLoad]
    private static let strategies: [Strategy] = [
        .random, .lingering, .priorities(depth: 3), .priorities(depth: 5),
    ]

    /// Prints a line for each defect and strategy. The same workloads and seeds for all.
    static func report(schedules: Int) throws {
        try Simulation.prepare()
        let scenario = try ScenarioLoader().load("Scenarios/InvalidationChain/race-prevention-announced.yaml")
            .limited(toOperationsPerWorker: 25)
        print("defect | strategy | schedules that fail, of \(schedules) | steps of a schedule")
        for defect in defects {
            let run = SimulatedRun(scenario: scenario, defects: [defect])
            for strategy in strategies {
                var explorer = Explorer(limits: SimulatedRun.limits) { (plan: WorkloadPlan) in
                    try await run.perform(plan)
                } check: { simulated in
                    let record = try simulated.get()
                    for check in run.checks { try run.judge(record, check) }
                }
                var failures = 0
                var steps = 0
                for seed in 0..<UInt64(schedules) {
                    let simulated = explorer.run(WorkloadPlan(scenario, seed: seed), seed: seed, strategy)
                    if simulated.outcome.isFailure { failures += 1 }
                    steps += simulated.steps
                }
                print("\(defect.rawValue) | \(strategy) | \(failures) | \(steps / schedules)")
            }
        }
    }
}

import Scenarios

/// How many whole schedules of the two races are explored a second, checking included; and where the time of one goes.
///
///     exploring-benchmark                 schedules a second, on one thread and on two
///     exploring-benchmark --profile       the parts of a schedule, in microseconds
///     exploring-benchmark --steps         what the steps of a schedule are
///     exploring-benchmark --loop          explores short schedules for ten seconds, for a profiler
///     exploring-benchmark --loop-long     the same with long ones, of writes that wait for acknowledgements
///
/// To be run in the package's folder, with nothing else running.
@main
struct ExploringBenchmark {
    static let races = ["race-prevention-announced", "race-prevention-acknowledged"]
    static let operations = [25, 500]

    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        let scenarios = try races.map { try ScenarioLoader().load("Scenarios/InvalidationChain/\($0).yaml") }
        switch arguments.first {
        case nil: try ExplorationSpeed.report(scenarios)
        case "--profile":
            for scenario in scenarios {
                for count in operations { try ScheduleProfile(scenario, operationsPerWorker: count).report() }
            }
        case "--steps":
            for scenario in scenarios {
                for count in operations { try StepCount(scenario, operationsPerWorker: count).report() }
            }
        case "--loop": _ = try ExplorationSpeed(scenarios[0], operationsPerWorker: 25, threads: 1).measure(seconds: 10)
        case "--loop-long":
            _ = try ExplorationSpeed(scenarios[1], operationsPerWorker: 500, threads: 1).measure(seconds: 10)
        case let other?: print("\"\(other)\" is none of: --profile, --steps, --loop, --loop-long")
        }
    }
}

/// The middle one of several measurements; of an even number, the upper of the two.
func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

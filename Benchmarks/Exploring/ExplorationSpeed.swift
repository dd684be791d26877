import Exploration
import Scenarios

/// The correct cache was refuted.
struct UnexpectedFailure: Error {
    let reason: String
}

/// One race, explored on so many threads.
struct ExplorationSpeed {
    private static let rounds = 5

    private let scenario: Scenario
    private let operationsPerWorker: Int
    private let threads: Int

    init(_ scenario: Scenario, operationsPerWorker: Int, threads: Int) {
        self.scenario = scenario
        self.operationsPerWorker = operationsPerWorker
        self.threads = threads
    }

    /// Explores for about that long.
    /// - Returns: whole schedules a second; those and jobs and points a second of processor time.
    func measure(seconds: Double) throws -> (schedules: Double, schedulesUsed: Double, stepsUsed: Double) {
        var configuration = ScenarioExplorer.Configuration(threads: threads)
        configuration.schedules = .max / 2
        configuration.duration = .seconds(seconds)
        configuration.operationsPerWorker = operationsPerWorker
        let watch = Stopwatch()
        let explored = try ScenarioExplorer(configuration).explore(
            ScenarioVariant(label: "", scenario: scenario))
        if let failure = explored.failures.first { throw UnexpectedFailure(reason: failure.reason) }
        let used = watch.processorTime
        return (
            Double(explored.progress.schedules) / explored.duration, Double(explored.progress.schedules) / used,
            Double(explored.progress.steps) / used
        )
    }

    /// Measures all in turns, round after round, so that whatever else the machine does meets them all alike.
    static func report(_ scenarios: [Scenario]) throws {
        let all = scenarios.flatMap { scenario in
            ExploringBenchmark.operations.flatMap { operations in
                [1, 2].map { ExplorationSpeed(scenario, operationsPerWorker: operations, threads: $0) }
            }
        }
        var schedules = all.map { _ in [Double]() }
        var schedulesUsed = schedules
        var ratios = schedules
        var yields: [Int: [Double]] = [:]
        for _ in 0..<rounds {
            let bare = [1, 2].map { YieldLoop.yieldsPerSecond(threads: $0) }
            for (index, speed) in all.enumerated() {
                let measured = try speed.measure(seconds: 0.7)
                schedules[index].append(measured.schedules)
                schedulesUsed[index].append(measured.schedulesUsed)
                ratios[index].append(measured.stepsUsed / bare[speed.threads - 1])
            }
            for threads in [1, 2] { yields[threads, default: []].append(bare[threads - 1]) }
        }
        for threads in [1, 2] {
            let rate = Int(median(yields[threads] ?? []))
            print("bare Task.yield, \(threads) thread\(threads == 1 ? "" : "s"): \(rate) a second of processor time")
        }
        for (index, speed) in all.enumerated() {
            let ratio = (median(ratios[index]) * 100).rounded() / 100
            print(
                "\(speed.scenario.name), \(speed.operationsPerWorker) operations a worker, \(speed.threads) "
                    + "thread\(speed.threads == 1 ? "" : "s"): \(Int(median(schedules[index]))) schedules a second, "
                    + "\(Int(median(schedulesUsed[index]))) a second of processor time, \(ratio) steps a bare yield")
        }
    }
}

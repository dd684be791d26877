import Foundation
import History
import Scenarios

/// How many schedules it takes to find a cache without its lease check, how small the failure gets, and how long that
/// takes.
///
/// `finding-benchmark [SEEDS]`: the figures are of that many seeds, 101 unless told otherwise. On one thread.
/// `finding-benchmark --strategies [SCHEDULES]`: how many of so many schedules of each strategy fail, 300 unless told otherwise.
@main
struct FindingBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.first == "--strategies" {
            return try StrategyRates.report(schedules: arguments.dropFirst().first.flatMap { Int($0) } ?? 300)
        }
        let seeds = arguments.first.flatMap { Int($0) } ?? 101
        print(Finding.header)
        for program in try Program.all() {
            let findings = try (1...UInt64(max(1, seeds / program.share))).map {
                try Finding(of: program, seed: $0)
            }
            print(Finding.row(program.name, findings))
        }
    }
}

/// What is explored.
struct Program {
    let name: String
    let variant: ScenarioVariant
    var operationsPerWorker: Int?
    /// Of so many seeds, one is used: for programs whose runs are long.
    var share = 1

    static func all() throws -> [Program] {
        [
            Program(name: "reader, writer", variant: small(workers: 2, operations: 1, keys: 1)),
            Program(name: "and 40 points that do not matter", variant: small(workers: 4, operations: 2, keys: 2)),
            Program(
                name: "20 workers of 25 operations",
                variant: try file("Scenarios/InvalidationChain/race-prevention-announced.yaml"),
                operationsPerWorker: 25, share: 10),
        ]
    }

    private static func file(_ path: String) throws -> ScenarioVariant {
        try ScenarioLoader().load(path).variants()[0]
    }

    /// One instance whose workers read and write as often. A seed decides who does what, so with two workers that do
    /// one thing each every second workload cannot fail: it has no reader, or no writer.
    private static func small(workers: Int, operations: Int, keys: Int) -> ScenarioVariant {
        let mix = Mix(data: ["k"], operationsPerWorker: operations, shares: Mix.Shares(read: 0.5, write: 0.5))
        let scenario = Scenario(
            name: "small", file: "small.yaml",
            cluster: Cluster(
                workers: workers, invalidation: .announced,
                layers: [LayerDeclaration(.l1), LayerDeclaration(.l2), LayerDeclaration(.redis)]),
            data: [DataSet(name: "k", keys: keys)],
            phases: [Phase(name: "mix", action: .mix(mix)), Phase(name: "inspect", action: .inspect)],
            checks: [.freshAfterInvalidation(), .convergence])
        return ScenarioVariant(label: "", scenario: scenario)
    }
}

import ArgumentParser
import CacheHierarchy
import Foundation
import Reporting
import ScenarioRunner
import Scenarios

struct Explore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Search the schedules of scenarios for a violation, in the simulated world.",
        discussion: """
            Each schedule is one order in which workers, messages and answers take their turns. They are drawn by several \
            strategies, on all cores, until a check is violated; what was found is shrunk, told step by step, and can be \
            replayed exactly. A pass says that none of the schedules that were run violates a check.
            """)

    @OptionGroup var files: ScenarioFiles

    @Option(help: "How many schedules of each variant at most.")
    var schedules: Int?

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "For how long at most, each variant: 10m. Without --schedules it alone decides.", valueName: "time"))
    var time: String?

    @Option(help: "The most that each worker does in a mix. Short runs are many runs.")
    var operations: Int?

    @Option(help: "Decides workloads and schedules. Without it: a new one, which is printed.")
    var seed: UInt64?

    @Option(help: "How many schedules to run at a time. Without it: one for each core.")
    var threads: Int?

    @Option(
        name: .customLong("defect"),
        help: ArgumentHelp(
            "Give the cache a deliberate bug, to see that it is found. May be given several times.", valueName: "name"))
    var defects: [Defect] = []

    @Option(help: "What to print on standard output: text or json.")
    var format: Run.Format = .text

    func validate() throws {
        if let schedules, schedules < 1 {
            throw ValidationError("--schedules takes a whole number from 1, not \(schedules)")
        }
        if let operations, operations < 1 {
            throw ValidationError("--operations takes a whole number from 1, not \(operations)")
        }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads takes a whole number from 1 to 1024, not \(threads)")
        }
        if let time, Duration(text: time) == nil {
            throw ValidationError("--for takes a duration such as 10m, not \(time)")
        }
    }

    func run() throws {
        let scenarios = try files.load()
        let chosenSeed = seed ?? UInt64.random(in: 1...999_999_999)
        var configuration = ScenarioExplorer.Configuration(
            threads: threads ?? ProcessInfo.processInfo.activeProcessorCount)
        configuration.duration = time.flatMap { Duration(text: $0) }
        configuration.schedules = schedules ?? (time == nil ? 1_000 : Int.max / 2)
        configuration.operationsPerWorker = operations
        configuration.seed = chosenSeed
        configuration.defects = Set(defects)
        var report = ExplorationReport(version: Coherence.version, seed: chosenSeed, explorations: [])
        let terminal = ExplorationTerminalReport(isColoured: Console.wantsColour)
        for scenario in scenarios {
            guard scenario.worlds.contains(.simulated) else {
                Console.error("\(scenario.name): not run in the world simulated")
                continue
            }
            for variant in scenario.variants() {
                let explored = try explore(variant.scenario, configuration)
                report.explorations.append(explored)
                if format == .text { Console.output(terminal.block(explored)) }
            }
        }
        switch format {
        case .json: Console.output(try ExplorationJSONReport(report).encoded())
        case .text: Console.output(terminal.summary(report))
        }
        throw ArgumentParser.ExitCode(report.exitCode.rawValue)
    }

    private func explore(
        _ scenario: Scenario, _ configuration: ScenarioExplorer.Configuration
    ) throws -> ScenarioExploration {
        var configuration = configuration
        if Console.isErrorTerminal {
            let start = ContinuousClock.now
            let name = scenario.name
            configuration.onProgress = { progress in
                let seconds = Double((ContinuousClock.now - start).components.seconds) + 0.001
                let rate = Int(Double(progress.schedules) / max(seconds, 1))
                Console.progress("\(name): \(progress.schedules) schedules (\(rate)/s), \(progress.distinct) distinct")
            }
        }
        defer { if Console.isErrorTerminal { Console.clearProgress() } }
        return try ScenarioExplorer(configuration).explore(scenario)
    }
}

import ArgumentParser
import CacheHierarchy
import Reporting
import ScenarioRunner
import Scenarios

struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run again, exactly, what coherence explore found.",
        discussion: "The line to call is the last one of what explore prints.")

    @Argument(help: "The scenario's file.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Option(help: "The schedule, as explore prints it.")
    var schedule: String

    @Option(help: "What the workers do, as explore prints it.")
    var operations: String

    @Option(help: "Which variant, as explore prints it: layers=L1+L2.")
    var variant: String = ""

    @Option(name: .customLong("defect"), help: ArgumentHelp("As in what is replayed.", valueName: "name"))
    var defects: [Defect] = []

    func run() throws {
        var files = ScenarioFiles()
        files.paths = [file]
        let variants = try files.load().flatMap { $0.variants() }
        guard let chosen = variants.first(where: { $0.label == variant }) else {
            let labels = variants.map(\.label).filter { !$0.isEmpty }
            throw ValidationError(
                "--variant: found \"\(variant)\"; expected "
                    + (labels.isEmpty ? "none, as nothing varies" : "one of " + labels.joined(separator: ", ")))
        }
        let replay: ScenarioReplay
        do {
            replay = try ScenarioReplay(
                chosen.scenario, operations: operations, schedule: schedule, defects: Set(defects))
        } catch {
            throw ValidationError("\(error)")
        }
        let outcome = try replay.run()
        Console.output(outcome.story)
        if let reason = outcome.reason { Console.output(reason) }
        Console.output(
            outcome.isIdentical ? "the identical run" : "another run: the program or the scenario has changed")
        let verdict: RunVerdict = outcome.reason == nil ? (outcome.isIdentical ? .pass : .unknown) : .violation
        throw ArgumentParser.ExitCode(Reporting.ExitCode(verdict).rawValue)
    }
}

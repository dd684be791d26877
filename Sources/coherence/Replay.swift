import ArgumentParser
import CacheHierarchy
import Reporting
import ScenarioRunner
import Scenarios

struct Replay: AsyncParsableCommand {
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

    @Option(
        help: """
            Where to run it: simulated (exactly as it was found), or live (on a real Redis and real disks, in that order).
            """)
    var world: World = .simulated

    func run() async throws {
        var files = ScenarioFiles()
        files.paths = [file]
        let variants = try files.load().flatMap { $0.variants() }
        guard let chosen = variants.first(where: { $0.label == variant }) else {
            let labels = variants.map(\.label).filter { !$0.isEmpty }
            throw ValidationError(
                "--variant: found \"\(variant)\"; expected "
                    + (labels.isEmpty ? "none, as nothing varies" : "one of " + labels.joined(separator: ", ")))
        }
        if world == .live { try await runLive(chosen.scenario) }
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

    /// - Throws: always; at best an exit code.
    private func runLive(_ scenario: Scenario) async throws -> Never {
        guard scenario.worlds.contains(.live) else {
            throw ValidationError(
                "--world: found \"live\"; expected simulated, since \(scenario.name) runs nowhere else")
        }
        let replay: LiveReplay
        do {
            replay = try LiveReplay(scenario, operations: operations, schedule: schedule, defects: Set(defects))
        } catch {
            throw ValidationError("\(error)")
        }
        let outcome: LiveReplay.Outcome
        do {
            outcome = try await replay.run()
        } catch let error as WorldError {
            Console.error("coherence: \(error)")
            throw ArgumentParser.ExitCode(Reporting.ExitCode.unknown.rawValue)
        }
        Console.output(LiveReplayReport(outcome).text)
        throw ArgumentParser.ExitCode(Reporting.ExitCode(outcome.verdict).rawValue)
    }
}

extension World: ExpressibleByArgument {}

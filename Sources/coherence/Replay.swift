import ArgumentParser
import CacheHierarchy
import Exploration
import GatedWorld
import History
import Processes
import Reporting
import ScenarioRunner
import Scenarios

struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run again, exactly, what coherence explore found.",
        discussion: """
            Takes a file that explore --save has written, or a scenario with the options that explore prints. Says \
            whether the run is the one that was found, step by step. The exit code is 1 if a check is violated, 0 if none is, 3 if \
            none examined anything.
            """)

    @Argument(
        help: "A file that explore --save has written; with --operations and --schedule, a scenario's file.",
        completion: .file(extensions: ["json", "yaml", "yml"]))
    var file: String

    @Option(help: "The schedule, as explore prints it.")
    var schedule: String?

    @Option(help: "What the workers do, as explore prints it.")
    var operations: String?

    @Option(help: "What of the scenario is run, as explore prints it: 'instances=0+2 workers=2 phases=1'.")
    var part: String?

    @Option(help: "Which variant, as explore prints it: layers=L1+L2.")
    var variant: String?

    @OptionGroup var defect: DefectOption

    @OptionGroup var set: SetOption

    @Option(
        help: """
            Where to run it: simulated (exactly as it was found), or live (on a real Redis and real disks, in that order).
            """)
    var world: World = .simulated

    @OptionGroup var timeout: TimeoutOption

    @Option(help: "Of a failure on real processes: how often to run it.")
    var times: Int = 1

    @Option(help: "What to print on standard output: text or json.")
    var format: Run.Format = .text

    func validate() throws {
        guard (1...100_000).contains(times) else {
            throw ValidationError("--times takes a whole number from 1 to 100000, not \(times)")
        }
        let isScenario = operations != nil || schedule != nil
        if isScenario, operations == nil || schedule == nil {
            throw ValidationError("--operations and --schedule go together: one of them is missing")
        }
        if !isScenario, part != nil || variant != nil || !defect.defects.isEmpty || !set.texts.isEmpty {
            throw ValidationError(
                "--part, --variant, --set and --defect belong to a scenario with --operations and --schedule; a saved failure "
                    + "has its own")
        }
        if world == .simulated, timeout.duration != nil {
            throw ValidationError(
                "--timeout: found it with --world simulated; expected --world live, where time passes")
        }
        if !isScenario, file.hasSuffix(".yaml") || file.hasSuffix(".yml") {
            throw ValidationError(
                "found the scenario \(file) alone; expected a file that explore --save has written, or "
                    + "--operations and --schedule too")
        }
    }

    func run() async throws {
        if operations == nil, case let saved = try loadSaved(), saved.loaded.failure.gated != nil {
            try await runGated(saved)
        }
        if times != 1 { throw ValidationError("--times belongs to a failure that was found on real processes") }
        if world == .gated { throw ValidationError("--world: found \"gated\"; expected simulated or live") }
        let (replay, notes) =
            if let operations, let schedule {
                (try scenarioReplay(operations: operations, schedule: schedule), [String]())
            } else {
                try savedReplay()
            }
        if world == .live { try await runLive(replay, notes) }
        let report = ReplayReport(
            try replay.run(), of: replay.scenario, defects: replay.defects.map(\.rawValue), version: Coherence.version,
            notes: notes)
        try print(report)
    }

    private func scenarioReplay(operations: String, schedule: String) throws -> ScenarioReplay {
        let scenario = try chosen(variant ?? "", of: file, set.texts, mistake: { ValidationError("--variant: \($0)") })
        do {
            return try ScenarioReplay(
                scenario, part: part ?? "", operations: operations, schedule: schedule, defects: defect.defects)
        } catch {
            throw ValidationError("--\(error)".printable)
        }
    }

    /// A saved failure with its scenario, and what is to be said before the result.
    private struct Saved {
        let loaded: SavedFailureLoader.Loaded
        let file: String
        let scenario: Scenario
        let notes: [String]

        func mistake(in field: String, _ text: String) -> any Error {
            Replay.mistake(in: field, of: loaded, file, text)
        }
    }

    private static func mistake(
        in field: String, of loaded: SavedFailureLoader.Loaded, _ file: String, _ text: String
    ) -> any Error {
        let place = loaded.positions[field].map { "\($0.file):\($0.line):\($0.column)" } ?? file
        return MistakesInFiles.fail("\(place): error: \(field): \(text)".printable)
    }

    private func loadSaved() throws -> Saved {
        let loaded = try MistakesInFiles.printed { () throws(ScenarioErrors) in try SavedFailureLoader().load(file) }
        let failure = loaded.failure
        let scenario = try chosen(
            failure.variant, of: failure.scenario, failure.overrides,
            mistake: { Self.mistake(in: "variant", of: loaded, file, $0) })
        let digest = try MistakesInFiles.printed { () throws(ScenarioErrors) in
            try SavedFailure.digest(of: failure.scenario)
        }
        let notes = digest == failure.digest ? [] : ["\(failure.scenario) has changed since \(file) was saved"]
        return Saved(loaded: loaded, file: file, scenario: scenario, notes: notes)
    }

    /// - Throws: always; at best an exit code.
    private func runGated(_ saved: Saved) async throws -> Never {
        let failure = saved.loaded.failure
        guard let gated = failure.gated else { throw saved.mistake(in: "steps", "found none") }
        if let defect = failure.defects.first {
            throw saved.mistake(in: "defects", "found \"\(defect)\"; expected none, since a subject has bugs of its own")
        }
        let scenario = gated.subject.map { saved.scenario.testing($0) } ?? saved.scenario
        guard scenario.subject != nil else {
            throw saved.mistake(in: "scenario", "found one without a subject; expected the one that was explored")
        }
        let replay: GatedReplay
        do {
            replay = try GatedReplay(
                scenario, part: failure.part, operations: failure.operations, steps: gated.steps)
        } catch let error as MalformedText {
            throw saved.mistake(in: error.subject, "\(error)")
        }
        let report: ReplayReport
        do {
            report = ReplayReport(
                try await replay.run(times: times), of: replay.scenario, version: Coherence.version, notes: saved.notes)
        } catch let error where error is WorldError || error is GatedError {
            Console.failure(error)
            throw ArgumentParser.ExitCode(Reporting.ExitCode.unknown.rawValue)
        }
        try print(report)
    }

    /// - Throws: always; at best an exit code.
    private func print(_ report: ReplayReport) throws -> Never {
        switch format {
        case .json: Console.output(document: try report.encoded())
        case .text: Console.output(report.text(isColoured: Console.wantsColour))
        }
        throw ArgumentParser.ExitCode(report.exitCode.rawValue)
    }

    private func savedReplay() throws -> (ScenarioReplay, notes: [String]) {
        let savedFailure = try loadSaved()
        let saved = savedFailure.loaded.failure
        func mistake(in field: String, _ text: String) -> any Error { savedFailure.mistake(in: field, text) }
        let defects = try saved.defects.map { name in
            guard let defect = Defect(rawValue: name) else {
                let known = Defect.allCases.map(\.rawValue).joined(separator: ", ")
                throw mistake(in: "defects", "found \"\(name)\"; expected one of \(known)")
            }
            return defect
        }
        do {
            let replay = try ScenarioReplay(
                savedFailure.scenario, part: saved.part, operations: saved.operations, schedule: saved.schedule,
                defects: Set(defects))
            return (replay, savedFailure.notes)
        } catch let error as MalformedText {
            throw mistake(in: error.subject, "\(error)")
        } catch {
            throw mistake(in: "schedule", "\(error)")
        }
    }

    /// The variant of that label.
    private func chosen(
        _ label: String, of file: String, _ overrides: [String], mistake: (String) -> any Error
    ) throws -> Scenario {
        let loaded = try ScenarioFiles.file(file).load(SetOption.overrides(overrides))
        if loaded.contains(where: { $0.cluster == nil }) {
            throw mistake(
                "found the scenario of an event bridge; expected one of a cluster: a bridge is run live, and not explored"
            )
        }
        let variants = loaded.compactMap(\.cluster).flatMap { $0.variants() }
        guard let chosen = variants.first(where: { $0.label == label }) else {
            let labels = variants.map(\.label).filter { !$0.isEmpty }
            throw mistake(
                "found \"\(label)\"; expected "
                    + (labels.isEmpty ? "none, as nothing varies" : "one of " + labels.joined(separator: ", ")))
        }
        return chosen.scenario
    }

    /// - Throws: always; at best an exit code.
    private func runLive(_ replay: ScenarioReplay, _ notes: [String]) async throws -> Never {
        guard replay.scenario.worlds.contains(.live) else {
            throw ValidationError(
                "--world: found \"live\"; expected simulated, since \(replay.scenario.name) runs nowhere else")
        }
        let outcome: LiveReplay.Outcome
        do {
            outcome = try await LiveReplay(of: replay, timeout: timeout.duration).run()
        } catch let error where error is WorldError || error is RunStall {
            Console.failure(error)
            throw ArgumentParser.ExitCode(Reporting.ExitCode.unknown.rawValue)
        }
        let report = LiveReplayReport(outcome, of: replay.scenario, defects: replay.defects.map(\.rawValue))
        switch format {
        case .json:
            for note in notes { Console.error(note.printable) }
            Console.output(document: try report.encoded(version: Coherence.version))
        case .text: Console.output((notes.map(\.printable) + [report.text]).joined(separator: "\n"))
        }
        throw ArgumentParser.ExitCode(Reporting.ExitCode(outcome.verdict).rawValue)
    }
}

extension World: ExpressibleByArgument {}

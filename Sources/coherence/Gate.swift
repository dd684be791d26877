import ArgumentParser
import Foundation
import History
import Reporting
import ScenarioRunner
import Scenarios
import Support

struct Gate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run scenarios in every world that they declare, and say whether a change may go in.",
        discussion: """
            What a project always wants stands in coherence.yaml of the working directory; options of the call take its place. \
            A scenario that misses targets of speed alone is run again, since the machine may have neighbours. The exit code is \
            0 if the gate is passed, else that of the heaviest verdict, as with run.
            """)

    @OptionGroup var files: ScenarioFiles

    @Option(help: ArgumentHelp("Only scenarios whose title or path has this in it.", valueName: "text"))
    var only: [String] = []

    @Option(help: ArgumentHelp("No scenario whose title or path has this in it.", valueName: "text"))
    var skip: [String] = []

    @Option(name: .customLong("label"), help: "Only scenarios with this among their labels.")
    var labels: [String] = []

    @OptionGroup var set: SetOption

    @Flag(help: "End with the first scenario that does not pass.")
    var failFast = false

    @Option(help: "How often a scenario that was only too slow is run again. Without it: 2.")
    var again: Int?

    @Option(help: "Names the workload: the same seed draws the same operations. Without it: 1.")
    var seed: UInt64?

    @Option(
        help: ArgumentHelp(
            "A Redis server to use, as redis://[user:password@]host:port[/database] or unix:///path.", valueName: "url")
    )
    var redis: String?

    @OptionGroup var timeout: TimeoutOption

    @Option(help: "A file of defaults in place of coherence.yaml.", completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @OptionGroup var report: ReportOption

    @OptionGroup var keeping: KeepingOption

    @OptionGroup var detail: DetailOption

    @Option(help: "What to print on standard output: text or json.")
    var format: Run.Format = .text

    func validate() throws {
        if let again, !GateFile.possibleRepetitions.contains(again) {
            throw ValidationError("--again takes a whole number from 0 to 10, not \(again)")
        }
    }

    func run() async throws {
        let file = try defaults()
        var chosen = files
        if chosen.paths.isEmpty { chosen.paths = file.paths }
        let choice = ScenarioChoice(
            only: only.isEmpty ? file.only : only, skip: skip.isEmpty ? file.skip : skip,
            labels: labels.isEmpty ? file.labels : labels)
        let all = try chosen.loadForChoosing(file.overrides + set.overrides())
        let (scenarios, leftOut) = try choice.chosen(of: all)
        let url = redis ?? file.redis
        var configuration = ScenarioRunner.Configuration()
        configuration.worlds = Run.Worlds.both.worlds.filter { world in scenarios.contains { $0.worlds.contains(world) }
        }
        configuration.redis = try Run.source(url)
        configuration.timeout = timeout.duration ?? file.timeout.flatMap { Duration(text: $0) }
        configuration.instanceProgram = InstanceCommand.program
        let seed = seed ?? file.seed ?? 1
        var plan = RunPlan(scenarios, worlds: configuration.worlds, seeds: [seed], variant: nil, asDeclared: true)
        plan.leaveOut(leftOut, seed: seed)
        var option = report
        option.requests += try file.reports.map { try ReportOption.Request("\($0.form)=\($0.file)") }
        var session = RunSession(
            scenarios: scenarios, configuration: configuration, seeds: [seed], plan: plan,
            reports: try ReportFiles(option, format: format))
        session.redis = Run.shown(url)
        session.format = format
        session.detail = detail.chosen
        session.evidence = keeping.folder
        session.again = again ?? file.again ?? 2
        session.stopsAtFailure = failFast || file.isFailFast == true
        session.isGate = true
        throw try await session.run().1
    }

    /// What the file of defaults says, if there is one.
    private func defaults() throws -> GateFile {
        guard config != nil || FileManager.default.fileExists(atPath: GateFile.usualPath) else { return GateFile() }
        return try MistakesInFiles.printed { () throws(ScenarioErrors) in
            try GateFile(path: config ?? GateFile.usualPath)
        }
    }
}

/// Which scenarios of many are meant.
struct ScenarioChoice {
    let only: [String]
    let skip: [String]
    let labels: [String]

    /// - Throws: if a word means none of them.
    /// - Returns: what is to be run, and what is not, with the reason.
    func chosen(
        of all: [(scenario: DeclaredScenario, isNamed: Bool)]
    ) throws -> ([DeclaredScenario], leftOut: [(DeclaredScenario, reason: String)]) {
        let scenarios = all.map(\.scenario)
        for (option, words) in [("--only", only), ("--skip", skip)] {
            for word in words where !scenarios.contains(where: { Self.matches($0, word) }) {
                let question = NearestWord.suggestion(for: word, among: scenarios.map(\.name))
                throw ValidationError(
                    ("\(option): found \"\(word)\", which is in no title and no path"
                        + (question.map { "; did you mean \"\($0)\"?" } ?? "")).printable)
            }
        }
        let known = Array(Set(scenarios.flatMap(\.labels))).sorted()
        for label in labels where !known.contains(label) {
            let question = NearestWord.suggestion(for: label, among: known).map { "; did you mean \($0)?" } ?? ""
            let expected = known.isEmpty ? "none, as no scenario has labels" : "one of \(known.joined(separator: ", "))"
            throw ValidationError("--label: found \"\(label)\"; expected \(expected)\(question)".printable)
        }
        var chosen: [DeclaredScenario] = []
        var leftOut: [(DeclaredScenario, reason: String)] = []
        for (scenario, isNamed) in all {
            let isMeant =
                only.contains { Self.matches(scenario, $0) } || labels.contains { scenario.labels.contains($0) }
            if !(only.isEmpty && labels.isEmpty), !isMeant { continue }
            if skip.contains(where: { Self.matches(scenario, $0) }) {
                leftOut.append((scenario, "it was to be skipped"))
            } else if scenario.isRunOnlyWhenNamed, !isNamed, !isMeant {
                leftOut.append((scenario, "it is run only when named"))
            } else {
                chosen.append(scenario)
            }
        }
        guard !chosen.isEmpty else { throw ValidationError("no scenario is left to be run") }
        return (chosen, leftOut)
    }

    private static func matches(_ scenario: DeclaredScenario, _ word: String) -> Bool {
        [scenario.name, scenario.file].contains { $0.lowercased().contains(word.lowercased()) }
    }
}

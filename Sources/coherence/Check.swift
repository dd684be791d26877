import ArgumentParser
import History
import Judging
import Reporting
import Scenarios

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Judge recorded histories: ours, or anybody's.",
        discussion: """
            A history is a file in JSON Lines (as run --history writes it), in register text (id client key r|w|cas value \
            call return), or the history.edn or the log of a Jepsen test of registers. Without --check it is asked what it says \
            that it was recorded for, or else what its promise decides: linearizable, fresh-after-invalidation, sessions. The \
            report says which, and why.
            """)

    @Argument(help: "Files with histories; - is standard input.", completion: .file())
    var files: [String]

    @Option(
        name: .customLong("check"),
        help: ArgumentHelp(
            "What to ask, as in a scenario: linearizable, 'staleness: { at-most: 100ms }'. May be given several times.",
            valueName: "check"))
    var checks: [String] = []

    @Option(help: "How linearizable is decided: versions, zones (unique values), search, or automatic.")
    var model: CheckDeclaration.Method = .automatic

    @Option(
        name: .customLong("input"),
        help: "The form of the files: json-lines, register-text, edn or jepsen-log. Without it their beginnings tell.")
    var input: HistoryFormat?

    @Flag(
        help:
            "Read and judge at once, in memory that does not grow with the history. For operations in order of their starts."
    )
    var stream = false

    @Option(help: ArgumentHelp("Give up on a file after so long, as 60s, reading included.", valueName: "time"))
    var timeLimit: String?

    @Option(help: ArgumentHelp("Give up rather than hold more, as 4 GB.", valueName: "size"))
    var memoryLimit: String?

    @OptionGroup var report: ReportOption

    @Option(help: "What to print on standard output: text or json.")
    var format: Run.Format = .text

    func run() throws {
        let isShown = Console.isErrorTerminal
        var configuration = try self.configuration()
        configuration.onProgress = { event in
            guard isShown else { return }
            switch event {
            case .reading(let file, let operations): Console.progress("\(file): \(operations) operations read")
            case .checking(let file, let check): Console.progress("\(file): \(check)")
            }
        }
        let judge = HistoryJudge(configuration)
        let files = try ReportFiles(self.report, format: format)
        let isPrinting = format == .text && !files.takesStandardOutput
        let terminal = HistoryTerminalReport(isColoured: Console.wantsColour)
        var report = HistoryReport(version: Coherence.version, results: [])
        report.circumstances = format == .json || !files.isEmpty ? Circumstances.look() : nil
        for file in self.files {
            let result = judge.judge(file)
            if isShown { Console.clearProgress() }
            if let failure = result.failure, failure.isUnusable {
                Console.error("\(failure)")
            } else if isPrinting {
                Console.output(report: terminal.block(result))
            }
            report.results.append(result)
            if StandardOutput.isReaderGone { break }
        }
        if isPrinting { Console.output(report: terminal.summary(report)) }
        if format == .json { Console.output(document: try HistoryJSONReport(report).encoded()) }
        guard files.write(.histories(report)) else { throw Ending.withoutOutput(report.exitCode) }
        throw ArgumentParser.ExitCode(report.exitCode.rawValue)
    }

    func validate() throws {
        if let scenario = files.first(where: { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }) {
            throw ValidationError(
                "found a scenario; expected a recorded history: coherence run takes \(scenario), and --history writes "
                    + "what it records")
        }
    }

    private func configuration() throws -> HistoryJudge.Configuration {
        var configuration = HistoryJudge.Configuration()
        var mistakes: [ScenarioDiagnostic] = []
        for check in checks {
            do throws(ScenarioErrors) {
                configuration.checks.append(try CheckDeclaration(parsing: check, source: "--check"))
            } catch {
                mistakes += error.diagnostics
            }
        }
        guard mistakes.isEmpty else {
            for mistake in mistakes { Console.error("\(mistake)") }
            throw ArgumentParser.ExitCode(Reporting.ExitCode.usage.rawValue)
        }
        if model != .automatic, !configuration.checks.isEmpty, !configuration.checks.contains(.linearizable()) {
            throw ValidationError(
                "--model: found \(model.rawValue) with checks that do not use it; expected --check linearizable among them"
            )
        }
        configuration.method = model
        configuration.format = input
        configuration.isStreaming = stream
        configuration.timeLimit = try timeLimit.map(duration)
        configuration.memoryLimit = try memoryLimit.map(size)
        return configuration
    }

    private func duration(_ text: String) throws -> Duration {
        guard let duration = Duration(text: text), duration > .zero else {
            throw ValidationError("--time-limit takes a duration such as 500ms, 60s, not \(text)")
        }
        return duration
    }

    private func size(_ text: String) throws -> Int {
        guard let size = Int(sizeText: text), size > 0 else {
            throw ValidationError("--memory-limit takes a size such as 500 MB, 4 GB, not \(text)")
        }
        return size
    }
}

extension CheckDeclaration.Method: ExpressibleByArgument {}
extension HistoryFormat: ExpressibleByArgument {}

import AdapterProtocol
import ArgumentParser
import Foundation
import History
import Reporting
import Judging
import Processes
import ScenarioRunner
import Scenarios

/// Commands about caches other than the reference cache.
struct Subject: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Work on an adapter: what connects a cache in any language to this program.",
        subcommands: [SubjectCheck.self])
}

struct SubjectCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Tell everything that is wrong with an adapter, in the order in which it is best mended.",
        discussion: """
            One instance is started with a private redis-server and asked for everything that it offers. What passes \
            can be driven by a scenario; whether the cache is coherent is for a scenario to find out. The exit code \
            is 0 if nothing is wrong, 64 if something is.
            """)

    @Argument(help: "The command that starts the adapter, in quotes: 'python3 adapter.py'.")
    var command: String

    @Option(help: ArgumentHelp("How long an answer may take.", valueName: "duration"))
    var answerLimit = "10s"

    @Flag(help: "Start no redis-server: the cache has no Redis.")
    var noRedis = false

    func validate() throws {
        if command.allSatisfy(\.isWhitespace) {
            throw ValidationError("found an empty command; expected one such as 'python3 adapter.py'")
        }
        guard let limit = Duration(text: answerLimit), limit > .zero else {
            throw ValidationError("--answer-limit takes a duration such as 10s, not \(answerLimit)")
        }
    }

    func run() async throws {
        let report: AdapterExamination.Report
        do {
            report = try await SubjectExaminer.examine(
                command, answerLimit: Duration(text: answerLimit) ?? .seconds(10), withRedis: !noRedis)
        } catch let error as WorldError {
            Console.error("coherence: \(error.description)")
            throw ExitCode(Reporting.ExitCode.unknown.rawValue)
        }
        let lines = AdapterReport(report, isColoured: Console.wantsColour)
        Console.output(lines.text)
        if !report.isClean { throw ExitCode(Reporting.ExitCode.usage.rawValue) }
    }
}

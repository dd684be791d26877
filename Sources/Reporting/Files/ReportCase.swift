import BridgeTrial
import Checking
import Exploration
import Foundation
import History
import Judging
import Scenarios

/// One thing that a command was asked for, as reports for other programs tell it: a run, an exploration, a history, or
/// what was not run. All texts are printable.
struct ReportCase {
    /// The scenario's name with its variant, or the history's file.
    var name: String
    var file: String
    /// What tells it from others of the same name: `live`, `simulated`, `explored`; with the seed, if there are
    /// several.
    var place: String
    /// `nil`: it was not run.
    var verdict: RunVerdict?
    var seconds: Double
    /// `6,600 operations`
    var amount: String
    /// In one line: what was found first, or why it was not run. Empty of what passed.
    var reason: String
    /// Whether it would have been run, had the command not been interrupted.
    var isInterrupted = false
    /// The block of the report for people.
    var details = ""
    /// The call that runs it again.
    var reproduce: String?

    /// `Permission change (live)`
    var title: String { "\(name) (\(place))" }

    /// The line on which a scenario's declaration begins; 1 where that is not to be seen.
    var line: Int {
        guard let handle = FileHandle(forReadingAtPath: file), let bytes = try? handle.read(upToCount: 1 << 20) else {
            return 1
        }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return (lines.firstIndex { $0.starts(with: Array("scenario:".utf8)) } ?? 0) + 1
    }

    /// Every case of a report, in its order; what was not run comes last.
    static func all(of content: ReportContent) -> [ReportCase] {
        switch content {
        case .run(let report): runs(of: report) + report.notRun.map { ReportCase($0, severalSeeds: false) }
        case .exploration(let report):
            report.explorations.map { ReportCase($0, of: report) }
                + report.notRun.map { ReportCase($0, severalSeeds: false) }
        case .histories(let report): report.results.map { ReportCase($0) }
        }
    }

    private static func runs(of report: Report) -> [ReportCase] {
        let terminal = TerminalReport(report, isColoured: false, detail: .usual)
        let isSeedTold = Set(report.results.map { $0.runSeed ?? $0.seed }).count > 1
        let clusters = report.results.map { result in
            let seed = isSeedTold ? ", seed \(result.runSeed ?? result.seed)" : ""
            return ReportCase(
                name: result.name.printable, file: result.file.printable, place: result.world.rawValue + seed,
                verdict: result.verdict, seconds: result.duration,
                amount: Figures.count(result.operations.total, "operation"),
                reason: result.verdict == .pass ? "" : RunSummary.reason(of: result).printable,
                details: terminal.block(result), reproduce: ReproduceLine.of(result, redis: report.redis))
        }
        let bridges = report.bridges.map { run in
            ReportCase(
                name: run.scenario.name.printable, file: run.scenario.file.printable, place: World.live.rawValue,
                verdict: run.verdict, seconds: run.duration,
                amount: Figures.count(Int(clamping: run.trial?.delivered ?? 0), "delivery", "deliveries"),
                reason: run.verdict == .pass ? "" : RunSummary.reason(of: run).printable,
                details: terminal.block(run), reproduce: ReproduceLine.of(run, redis: report.redis))
        }
        return clusters + bridges
    }

    private init(_ exploration: ScenarioExploration, of report: ExplorationReport) {
        let scenario = exploration.variant.scenario
        let failure = exploration.failures.first
        let found = failure.map { "\($0.kind.check): \($0.kind.rule)" } ?? exploration.doubt
        self.init(
            name: scenario.name.printable, file: scenario.file.printable, place: "explored",
            verdict: exploration.verdict, seconds: exploration.duration,
            amount: Figures.count(exploration.progress.schedules, "schedule"),
            reason: exploration.verdict == .pass ? "" : found.printable,
            details: ExplorationTerminalReport(isColoured: false).block(exploration, of: report),
            reproduce: failure.map { exploration.replayCommand($0, in: report) } ?? report.exploreCommand(exploration))
    }

    private init(_ result: HistoryResult) {
        let heaviest = result.checks.filter { RunVerdict($0.verdict) == result.verdict }
        let found = heaviest.first.map { check in
            "\(check.check): \(check.violations.first?.rule ?? check.reason ?? "nothing was examined")"
        }
        self.init(
            name: result.file.printable, file: result.file.printable, place: "recorded", verdict: result.verdict,
            seconds: result.duration, amount: Figures.count(result.operations.total, "operation"),
            reason: result.verdict == .pass
                ? "" : (result.failure?.description ?? found ?? "nothing was judged").printable,
            details: HistoryTerminalReport(isColoured: false).block(result),
            reproduce: "coherence check \(ShellWord.quoted(result.file))")
    }

    private init(_ notRun: NotRun, severalSeeds: Bool) {
        self.init(
            name: notRun.name.printable, file: notRun.file.printable, place: notRun.world.rawValue, verdict: nil,
            seconds: 0, amount: "", reason: notRun.reason.printable, isInterrupted: notRun.isInterrupted)
    }

    init(
        name: String, file: String, place: String, verdict: RunVerdict?, seconds: Double, amount: String,
        reason: String, isInterrupted: Bool = false, details: String = "", reproduce: String? = nil
    ) {
        self.name = name
        self.file = file
        self.place = place
        self.verdict = verdict
        self.seconds = seconds
        self.amount = amount
        self.reason = reason
        self.isInterrupted = isInterrupted
        self.details = details
        self.reproduce = reproduce
    }
}

extension ReportContent {
    /// What was called.
    var command: String {
        switch self {
        case .run: "coherence run"
        case .exploration: "coherence explore"
        case .histories: "coherence check"
        }
    }

    /// The heaviest of all.
    public var verdict: RunVerdict {
        switch self {
        case .run(let report): report.verdict
        case .exploration(let report): report.verdict
        case .histories(let report): report.verdict
        }
    }

    /// How many of each verdict there are, whether correctness or speed is missing, and what is at risk: a line each,
    /// printable.
    var totals: [String] {
        let style = Style(isColoured: false)
        return switch self {
        case .run(let report): RunSummary.totals(report, style, most: 6)
        case .exploration(let report): [ExplorationTerminalReport(isColoured: false).total(report)]
        case .histories(let report): [HistoryTerminalReport(isColoured: false).summary(report)]
        }
    }
}

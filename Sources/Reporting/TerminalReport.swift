import BridgeTrial
import Checking
import Foundation
import History
import Judging
import Scenarios

/// The report for people: a block for each scenario, then the sum.
public struct TerminalReport: Sendable {
    private let report: Report
    let style: Style
    private let detail: ReportDetail

    /// - Parameters:
    ///   - isColoured: whether the reader's terminal understands colours.
    ///   - width: of the reader's terminal, in columns; `nil`: there is none.
    public init(_ report: Report, isColoured: Bool, width: Int? = nil, detail: ReportDetail = .verbose) {
        self.report = report
        self.detail = detail
        style = Style(isColoured: isColoured, width: width)
    }

    /// The whole report.
    public var text: String {
        (report.results.map { block($0) } + report.bridges.map { block($0) } + [summary]).joined(separator: "\n")
    }

    /// One scenario.
    public func block(_ result: ScenarioResult) -> String {
        var lines = [headline(result)]
        if let failure = result.failure {
            lines.append("  \(style.bad(result.failureHeading)): \(failure.printable)")
        }
        let checks = CheckLines(result.checks, style, isWhole: detail == .verbose)
        lines += checks.verdicts
        lines += result.faults.map { "  fault: \(Self.fault($0).printable)" }
        lines += TroubleLines(result.troubles, style).lines
        // What counts did and where the time went tells how a violation came about, and nothing of a missed target.
        let isWhole = detail == .verbose || result.verdict > .missed
        if isWhole {
            lines += busTable(result).lines.map { "  " + $0 }
            lines += ManagerLines(result.managers).lines.map { "  \($0)" }
            lines += Self.time(TimeShares(of: result.history)).map { "  " + style.faint($0) }
        }
        lines += Self.pipe(result.subject).map { "  " + $0 }
        // Of a run that judged nothing, the reason is told and not each target.
        let isJudged = !result.checks.isEmpty || !result.targets.isEmpty
        let judged = isWhole ? result.targets : result.targets.filter { $0.verdict != .pass || $0.isWarning }
        let rows = judged + (isJudged ? result.notJudged.compactMap(\.target) : [])
        lines += TargetRows(rows, reasons: result.notJudged, style).lines.map { "  " + $0 }
        let met = result.targets.count - judged.count
        if met > 0 { lines.append("  \(style.faint("and \(Figures.count(met, "target")) met"))") }
        lines += NotJudgedLines(result.notJudged.filter { !isJudged || $0.target == nil }, style).lines
        lines += checks.violations
        if result.verdict != .pass {
            lines.append("  reproduce: \(ReproduceLine.of(result, redis: report.redis))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Where the time went; parts below one in a hundred are not worth a word.
    ///
    /// What the cache did is a share of the time that clients waited, too. It did much of that side by side, so that may be more than
    /// all of it.
    private static func time(_ shares: TimeShares) -> [String] {
        guard shares.seconds > 0 else { return [] }
        func text(_ parts: [TimeShares.Part]) -> String {
            parts.filter { $0.seconds >= shares.seconds / 100 }
                .map { "\(share($0.seconds / shares.seconds)) \($0.what) (\(Figures.count($0.count)))" }
                .joined(separator: ", ")
        }
        let inside = text(shares.inside)
        return ["time: \(text(shares.operations))\(inside.isEmpty ? "" : "; the cache: \(inside)")"]
    }

    /// That the way to the adapters was the limit, and not the cache, if so.
    private static func pipe(_ subject: SubjectRecord?) -> [String] {
        guard let part = subject?.shareOnTheWay, part > 0.5 else { return [] }
        return [
            "the pipe is the limit, not the cache: \(share(part)) of the time of operations passed between the runner and "
                + "the adapters"
        ]
    }

    private static func share(_ part: Double) -> String {
        part <= 1
            ? "\(Figures.plain((100 * part).rounded())) %" : "\(Figures.plain((10 * part).rounded() / 10)) times that,"
    }

    /// What the bus did for each instance.
    private func busTable(_ result: ScenarioResult) -> Table {
        let rows = result.bus.sorted { $0.key < $1.key }.map { instance, counts in
            [
                counts.published, counts.received, counts.ownFiltered, counts.duplicatesFiltered, counts.lost,
                counts.gaps,
                counts.disconnections, counts.caughtUp, counts.distrusted,
            ].reduce(into: ["instance \(instance + 1)"]) { $0.append(Figures.count($1)) }
        }
        let header = [
            "bus of", "published", "received", "own filtered", "duplicates filtered", "lost", "gaps", "disconnections",
            "caught up", "distrusted",
        ]
        return Table(rows: rows, header: header, style: style)
    }

    private static func fault(_ record: FaultRecord) -> String {
        guard let start = record.start else { return "\(record.fault): did not happen" }
        let times = [start, record.end].map { $0.map { Quantity(Double($0), .nanoseconds).description } }
        let often = record.times > 1 ? ", \(Figures.count(record.times)) times" : ""
        return "\(record.fault)\(often), from \(times[0] ?? "") to \(times[1] ?? "the end of the run")"
            + (record.tookEffect ? "" : ", when nothing was left to do")
    }

    private func headline(_ result: ScenarioResult) -> String {
        let scale = result.timeScale == 1 ? "" : ", time \(Figures.plain(result.timeScale)) times faster"
        let counts = result.operations
        let outcomes = [(counts.failed - counts.unknown, "failed"), (counts.unknown, "of unknown outcome")]
            .filter { $0.0 > 0 }.map { "\(Figures.count($0.0)) \($0.1)" }.joined(separator: ", ")
        let subject = result.subject.map { "\($0.title.printable), " } ?? ""
        let facts =
            "\(subject)\(result.world.rawValue), seed \(result.seed)\(Self.defects(Array(result.defects))), "
            + "\(Figures.count(counts.total)) operations"
            + "\(outcomes.isEmpty ? "" : " (\(outcomes))"), "
            + "\(Figures.plain(result.duration)) s\(scale)"
        return "\(style.verdict(result.verdict)) \(style.strong(result.name.printable))  \(style.faint(facts))"
    }

    /// `, defects late-fill, stale-fill`; empty without any.
    static func defects(_ names: [String]) -> String {
        names.isEmpty ? "" : ", \(names.count == 1 ? "defect" : "defects") \(names.sorted().joined(separator: ", "))"
    }

    /// One scenario of an event bridge.
    public func block(_ run: BridgeRun) -> String {
        BridgeTerminalReport(isColoured: style.isColoured, width: style.width).block(run, redis: report.redis)
    }

    /// What did not pass, how many of each verdict, and what is at risk.
    public var summary: String {
        RunSummary(report, style, isWhole: detail == .verbose).lines.joined(separator: "\n")
    }
}

import BridgeTrial
import Checking
import Foundation
import ScenarioRunner
import Scenarios

/// The report for people: a block for each scenario, then the sum.
public struct TerminalReport: Sendable {
    private let report: Report
    private let style: Style

    /// - Parameter isColoured: whether the reader's terminal understands colours.
    public init(_ report: Report, isColoured: Bool) {
        self.report = report
        style = Style(isColoured: isColoured)
    }

    /// The whole report.
    public var text: String {
        (report.results.map { block($0) } + report.bridges.map { block($0) } + [summary]).joined(separator: "\n")
    }

    /// One scenario.
    public func block(_ result: ScenarioResult) -> String {
        var lines = [headline(result)]
        if let failure = result.failure { lines.append("  \(style.bad("not run to its end")): \(failure)") }
        let checks = CheckLines(result.checks, style)
        lines += checks.verdicts
        lines += result.faults.map { "  went wrong: \(Self.fault($0))" }
        lines += busTable(result).lines.map { "  " + $0 }
        lines += ManagerLines(result.managers).lines.map { "  \($0)" }
        lines += Self.time(TimeShares(of: result.history)).map { "  " + style.faint($0) }
        lines += TargetRows(result.targets, style).lines.map { "  " + $0 }
        lines += checks.violations
        if result.verdict != .pass { lines.append("  again: \(result.replayCommand)") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Where the time went; parts below one in a hundred are not worth a word.
    private static func time(_ shares: TimeShares) -> [String] {
        guard shares.seconds > 0 else { return [] }
        func text(_ parts: [TimeShares.Part]) -> String {
            parts.filter { $0.seconds >= shares.seconds / 100 }
                .map {
                    "\(Int((100 * $0.seconds / shares.seconds).rounded())) % \($0.what) (\(Figures.count($0.count)))"
                }
                .joined(separator: ", ")
        }
        let inside = text(shares.inside)
        return ["time: \(text(shares.operations))\(inside.isEmpty ? "" : "; the cache: \(inside)")"]
    }

    /// What the bus did for each instance, which are counted from 0 as in violations.
    private func busTable(_ result: ScenarioResult) -> Table {
        let rows = result.bus.sorted { $0.key < $1.key }.map { instance, counts in
            [
                counts.published, counts.received, counts.ownFiltered, counts.duplicatesFiltered, counts.lost,
                counts.gaps,
                counts.disconnections, counts.caughtUp, counts.distrusted,
            ].reduce(into: ["\(instance)"]) { $0.append(Figures.count($1)) }
        }
        let header = [
            "bus of", "published", "received", "own filtered", "duplicates filtered", "lost", "gaps", "disconnections",
            "caught up", "distrusted",
        ]
        return Table(rows: rows, header: header, style: style)
    }

    private static func fault(_ record: FaultRecord) -> String {
        guard let start = record.start, let end = record.end else { return "\(record.fault): did not happen" }
        let times = [start, end].map { Quantity(Double($0), .nanoseconds).description }
        let often = record.times > 1 ? ", \(Figures.count(record.times)) times" : ""
        return "\(record.fault)\(often), from \(times[0]) to \(times[1])"
            + (record.tookEffect ? "" : ", when nothing was left to do")
    }

    private func headline(_ result: ScenarioResult) -> String {
        let scale = result.timeScale == 1 ? "" : ", time \(Figures.plain(result.timeScale)) times faster"
        let counts = result.operations
        let outcomes = [(counts.failed - counts.unknown, "failed"), (counts.unknown, "of unknown outcome")]
            .filter { $0.0 > 0 }.map { "\(Figures.count($0.0)) \($0.1)" }.joined(separator: ", ")
        let facts =
            "\(result.world.rawValue), seed \(result.seed), \(Figures.count(counts.total)) operations"
            + "\(outcomes.isEmpty ? "" : " (\(outcomes))"), "
            + "\(Figures.plain(result.duration)) s\(scale)"
        return "\(style.verdict(result.verdict)) \(style.strong(result.name))  \(style.faint(facts))"
    }

    /// One scenario of an event bridge.
    public func block(_ run: BridgeRun) -> String { BridgeTerminalReport(isColoured: style.isColoured).block(run) }

    /// How many of each verdict, and what is at risk.
    public var summary: String {
        if report.results.isEmpty, report.bridges.isEmpty { return "no run" }
        let operations = report.results.reduce(0) { $0 + $1.operations.total }
        let deliveries = report.bridges.reduce(0) { $0 + Int(clamping: $1.trial?.delivered ?? 0) }
        let seconds = (report.results.map(\.duration) + report.bridges.map(\.duration)).reduce(0, +)
        let count = report.verdicts.count
        let events = report.bridges.isEmpty ? "" : " and \(Figures.count(deliveries)) deliveries of events"
        var lines = [
            "\(Figures.count(count)) \(count == 1 ? "run" : "runs"): \(style.counts(report.verdicts)); "
                + "\(Figures.count(operations)) operations\(events) in \(Figures.plain(seconds)) s"
        ]
        if let risk = ImpactSummary(report).text { lines.append(style.bad("at risk: ") + risk) }
        return lines.joined(separator: "\n")
    }
}

/// What the scenarios that did not pass protect. A scenario counts once, however many of its variants failed.
struct ImpactSummary {
    let text: String?

    init(_ report: Report) {
        var files: Set<String> = []
        var protects: Set<String> = []
        var revenue: [String: Double] = [:]
        let runs =
            report.results.map { ($0.file, $0.impact, $0.verdict) }
            + report.bridges.map { ($0.scenario.file, $0.scenario.impact, $0.verdict) }
        for (file, impact, verdict) in runs where verdict != .pass {
            guard let impact, files.insert(file).inserted else { continue }
            protects.formUnion(impact.protects)
            if let amount = impact.revenue { revenue[amount.currency, default: 0] += amount.perMonth }
        }
        let amounts = revenue.sorted { $0.key < $1.key }.map { "\(Figures.plain($0.value)) \($0.key) a month" }
        let parts = [protects.sorted().joined(separator: ", "), amounts.joined(separator: " and ")].filter {
            !$0.isEmpty
        }
        text = parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}

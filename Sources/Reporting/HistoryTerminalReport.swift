import History
import Judging

/// What the checks say about histories, for people: a block for each, then the sum.
public struct HistoryTerminalReport: Sendable {
    private let style: Style

    /// - Parameter isColoured: whether the reader's terminal understands colours.
    public init(isColoured: Bool) {
        style = Style(isColoured: isColoured)
    }

    /// One history.
    public func block(_ result: HistoryResult) -> String {
        let facts =
            "\(result.format?.rawValue ?? "no known form"), \(Figures.count(result.operations.total)) operations, \(Figures.plain(result.duration)) s"
        var lines = ["\(style.verdict(result.verdict)) \(style.strong(result.file.printable))  \(style.faint(facts))"]
        if let failure = result.failure {
            lines.append("  \(style.bad("not judged to its end")): \(failure.description.printable)")
        }
        if let choice = result.choice { lines.append("  asked: \(choice.description.printable)") }
        lines += result.notes.map { "  note: \($0.printable)" }
        let checks = CheckLines(result.checks, style)
        lines += checks.verdicts + checks.violations
        return lines.joined(separator: "\n") + "\n"
    }

    /// How many of each verdict.
    public func summary(_ report: HistoryReport) -> String {
        let operations = report.results.reduce(0) { $0 + $1.operations.total }
        let seconds = report.results.reduce(0) { $0 + $1.duration }
        let noun = report.results.count == 1 ? "history" : "histories"
        return "\(Figures.count(report.results.count)) \(noun): \(style.counts(report.results.map(\.verdict))); "
            + "\(Figures.count(operations)) operations in \(Figures.plain(seconds)) s"
    }
}

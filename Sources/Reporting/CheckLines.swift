import Checking
import History
import Judging

/// What checks conclude, for people.
struct CheckLines {
    private let reports: [CheckReport]
    private let style: Style
    /// One violation is enough to act on, more help to see the pattern.
    private static let shownViolations = 2

    init(_ reports: [CheckReport], _ style: Style) {
        self.reports = reports
        self.style = style
    }

    /// One line of all verdicts, and why some are unknown.
    var verdicts: [String] {
        guard !reports.isEmpty else { return [] }
        let all = reports.map { "\($0.check) \(style.verdict(RunVerdict($0.verdict))) (\(Figures.count($0.examined)))" }
        let doubts = reports.filter { $0.verdict == .unknown }.map {
            "  \(style.doubtful($0.check)): \(($0.reason ?? "nothing was examined").printable)"
        }
        return ["  checked: " + all.joined(separator: ", ")] + doubts
    }

    /// The easiest to read of the violations.
    var violations: [String] { reports.flatMap { violations(of: $0) } }

    private func violations(of report: CheckReport) -> [String] {
        var lines = report.violations.prefix(Self.shownViolations).flatMap { violation in
            ["  \(style.bad("violation")) of \(report.check): \(violation.rule.printable)"]
                + violation.explanation.split(separator: "\n", omittingEmptySubsequences: false).map { "      \($0)" }
        }
        let hidden = report.violationCount - min(report.violations.count, Self.shownViolations)
        if hidden > 0 { lines.append("  and \(Figures.count(hidden)) more of \(report.check)") }
        return lines
    }
}

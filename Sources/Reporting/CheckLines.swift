import Checking
import History
import Judging

/// What checks conclude, for people.
struct CheckLines {
    private let reports: [CheckReport]
    private let style: Style
    /// How many violations of a check are told.
    private let most: Int

    /// - Parameter isWhole: one violation is enough to act on; a second one helps to see the pattern.
    init(_ reports: [CheckReport], _ style: Style, isWhole: Bool = true) {
        self.reports = reports
        self.style = style
        most = isWhole ? 2 : 1
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
        var lines = report.violations.prefix(most).flatMap { violation in
            ["  \(style.bad("violation")) of \(report.check): \(violation.rule.printable)"]
                + violation.explanation.split(separator: "\n", omittingEmptySubsequences: false).map { "      \($0)" }
        }
        let hidden = report.violationCount - min(report.violations.count, most)
        if hidden > 0 { lines.append("  and \(Figures.count(hidden)) more of \(report.check)") }
        return lines
    }
}

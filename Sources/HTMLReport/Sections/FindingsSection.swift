import Checking
import History
import Judging
import Reporting

/// What is wrong: each violation with its timeline and its explanation.
struct FindingsSection {
    private let reports: [CheckReport]
    private let number: Int
    private let history: History
    private let faults: [FaultRecord]
    private let start: Int64
    private let hosts: [Int]
    /// Of a check so many violations have a timeline; the others are explained in words.
    private static let drawn = 2

    init(_ result: ScenarioResult, number: Int) {
        reports = result.checks.filter { !$0.violations.isEmpty }
        self.number = number
        history = result.history
        faults = result.faults
        start = result.phases.first?.start ?? 0
        hosts = result.hosts
    }

    /// Of a history of which only the findings are left.
    init(_ result: HistoryResult, number: Int) {
        reports = result.checks.filter { !$0.violations.isEmpty }
        self.number = number
        history = History(operations: [], keys: result.keys, tagSets: result.tagSets)
        faults = []
        start = 0
        hosts = []
    }

    func markup(_ budget: PageBudget) -> Markup {
        guard !reports.isEmpty, !budget.isSpent else { return "" }
        let shown = reports.flatMap { report in
            report.violations.enumerated().map {
                (report: report, violation: $0.element, isDrawn: $0.offset < Self.drawn)
            }
        }
        let drawn = shown.filter(\.isDrawn).map(\.violation)
        var timelines = ViolationTimeline.all(
            of: drawn, in: history, faults: faults, since: start, hosts: hosts)[...]
        let count = reports.reduce(0) { $0 + $1.violationCount }
        var parts: [Markup] = ["<h3>\(Figures.count(count, "violation"))</h3>"]
        for report in reports {
            var rest: [Markup] = []
            for (index, violation) in report.violations.enumerated() {
                let id = "f\(number)-\(parts.count)-\(index)"
                if index < Self.drawn, let timeline = timelines.popFirst() {
                    parts.append(
                        budget.take("a violation of \(report.check)", share: 0.4) {
                            finding(violation, report, id, TimelineView(timeline, id: id).markup)
                        })
                } else {
                    rest.append(
                        budget.take("a violation of \(report.check)", share: 0.1) {
                            Self.explanation(violation.explanation)
                        })
                }
            }
            parts.append(more(rest, of: report))
        }
        return Markup(parts.filter { !$0.isEmpty })
    }

    private func finding(
        _ violation: Violation, _ report: CheckReport, _ id: String, _ timeline: Markup
    ) -> Markup {
        """
        <article class="finding" aria-labelledby="\(id)-title">
        <h4 id="\(id)-title"><span class="check">\(report.check)</span> \(violation.rule)</h4>
        \(Self.conclusion(violation.explanation))
        \(timeline)
        \(Tables.details("The explanation in full", Self.explanation(violation.explanation)))
        </article>
        """
    }

    private func more(_ rest: [Markup], of report: CheckReport) -> Markup {
        let untold = report.violationCount - report.violations.count
        let note: Markup =
            untold > 0
            ? #"<p class="more">\#(Figures.count(untold)) more violations of \#(report.check) are not told</p>"#
            : ""
        let title = "\(Figures.count(rest.count)) more of \(report.check)"
        return Tables.details(title, rest.isEmpty ? "" : Markup(rest)) + note
    }

    /// The last sentence of an explanation: why it should not have been.
    private static func conclusion(_ explanation: String) -> Markup {
        guard let last = explanation.split(separator: "\n").last else { return "" }
        return #"<p class="conclusion">\#(String(last))</p>"#
    }

    static func explanation(_ text: String) -> Markup {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var shown = lines.prefix(100).map { line -> Markup in "\(String(line))" }
        if lines.count > shown.count { shown.append("and \(lines.count - shown.count) more lines") }
        return #"<pre class="explanation" tabindex="0" role="group" aria-label="Explanation">\#(shown)</pre>"#
    }
}

import Checking
import History
import Judging
import Reporting

/// The page of recorded histories that were judged.
struct HistoryPage {
    private let report: HistoryReport
    private let results: [HistoryResult]

    init(_ report: HistoryReport) {
        self.report = report
        results = report.results.enumerated().sorted {
            ($1.element.verdict, $0.offset) < ($0.element.verdict, $1.offset)
        }.map(\.element)
    }

    func page(nonce: String) -> String {
        let budget = PageBudget()
        let count = results.count
        let title = count == 1 ? results[0].file : "\(count) histories"
        let frame = PageFrame(
            title: title, verdict: report.verdict, version: report.version, command: "coherence check",
            circumstances: report.circumstances, nonce: nonce)
        let table = budget.take("the table of results") { resultTable }
        var sections: [Markup] = []
        for (index, result) in results.enumerated() where !budget.isSpent {
            sections.append(section(result, number: index + 1, isOnly: count == 1, budget))
        }
        if sections.count < count {
            let rest = count - sections.count
            sections.append(
                #"<p class="left-out">Left out, because the page would become too large: \#(rest) histories.</p>"#)
        }
        return frame.page(lead: lead, body: table + "\n" + Markup(sections))
    }

    private var lead: Markup {
        let operations = results.reduce(0) { $0 &+ $1.operations.total }
        let seconds = results.reduce(0) { $0 + $1.duration }
        return """
            <div class="verdict-line">\(Verdicts.badge(report.verdict))\
            \(results.count > 1 ? Verdicts.counts(results.map(\.verdict)) : "")</div>
            <p class="facts">\(results.count) \(results.count == 1 ? "history" : "histories"), \
            \(Figures.count(operations, "operation")), \(Figures.plain(seconds)) s</p>
            """
    }

    private var resultTable: Markup {
        guard results.count > 1 else { return "" }
        let rows = results.enumerated().map { index, result -> [Markup] in
            [
                ##"<a href="#run-\##(index + 1)">\##(result.file)</a>"##, Verdicts.badge(result.verdict),
                "\(result.format?.rawValue ?? "no known form")", "\(Figures.count(result.operations.total))",
                "\(Shown.seconds(result.duration))", "\(reason(of: result))",
            ]
        }
        let columns: [Tables.Column] = [
            .text("File"), .text("Verdict"), .text("Form"), .number("Operations"), .number("s"), .text("Reason"),
        ]
        return """
            <section class="results" aria-labelledby="results-title"><h2 id="results-title">Results</h2>
            \(Tables.table("Results of all histories", columns, rows, most: 1_000))
            </section>
            """
    }

    private func reason(of result: HistoryResult) -> String {
        if let failure = result.failure { return failure.description }
        let heaviest = result.checks.first { RunVerdict($0.verdict) == result.verdict && $0.verdict != .pass }
        return heaviest.map { check in
            "\(check.check): \(check.violations.first?.rule ?? check.reason ?? "nothing was examined")"
        } ?? ""
    }

    private func section(_ result: HistoryResult, number: Int, isOnly: Bool, _ budget: PageBudget) -> Markup {
        let head: Markup = budget.take("what came of it") {
            Markup(
                [
                    result.failure.map {
                        #"<p class="failure"><strong>not judged to its end:</strong> \#($0.description)</p>"#
                    } ?? "",
                    result.choice.map { "<p><strong>Asked:</strong> \($0.description)</p>" } ?? "",
                    Tables.list(result.notes.map { "\($0)" }),
                ].filter { !$0.isEmpty })
        }
        let findings = FindingsSection(result, number: number).markup(budget)
        let checks = budget.take("checks") { CheckResults.markup(result.checks) }
        let facts = [
            result.format?.rawValue ?? "no known form", Figures.count(result.operations.total, "operation"),
            "\(Figures.plain(result.duration)) s",
        ]
        return SectionFrame(
            number: number, name: result.file, verdict: result.verdict, facts: facts,
            isOpen: isOnly || result.verdict != .pass, isOnly: isOnly
        ).markup(Markup([head, findings, checks].filter { !$0.isEmpty }))
    }
}

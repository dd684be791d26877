import BridgeTrial
import Judging
import Reporting
import Scenarios

/// The page of a run of several scenarios.
struct RunPage {
    private let report: Report
    /// The runs in the order of their verdicts, the heaviest first.
    private let results: [ScenarioResult]
    private let bridges: [BridgeRun]
    /// More rows of the table of results are only counted.
    private static let mostRows = 1_000

    init(_ report: Report) {
        self.report = report
        results = report.results.enumerated().sorted {
            ($1.element.verdict, $0.offset) < ($0.element.verdict, $1.offset)
        }.map(\.element)
        bridges = report.bridges.enumerated().sorted {
            ($1.element.verdict, $0.offset) < ($0.element.verdict, $1.offset)
        }.map(\.element)
    }

    func page(nonce: String) -> String {
        let budget = PageBudget()
        let count = results.count + bridges.count
        let title = count == 1 ? (results.first?.name ?? bridges.first?.scenario.name ?? "") : "\(count) runs"
        let frame = PageFrame(
            title: title, verdict: report.verdict, version: report.version, command: "coherence run",
            circumstances: report.circumstances, nonce: nonce)
        let table = budget.take("the table of results") { resultTable }
        var sections: [Markup] = []
        var unshown = 0
        for (index, result) in results.enumerated() {
            if budget.isSpent {
                unshown += 1
                continue
            }
            sections.append(
                ScenarioSection(result, number: index + 1, redis: report.redis, isOnly: count == 1).markup(budget))
        }
        for (index, run) in bridges.enumerated() {
            if budget.isSpent {
                unshown += 1
                continue
            }
            let number = results.count + index + 1
            sections.append(
                BridgeSection(run, number: number, redis: report.redis, isOnly: count == 1).markup(budget))
        }
        if unshown > 0 {
            sections.append(
                #"<p class="left-out">Left out, because the page would become too large: \#(unshown) runs.</p>"#)
        }
        return frame.page(lead: lead, body: table + "\n" + PageFrame.kept(report.evidence) + Markup(sections))
    }

    private var lead: Markup {
        let verdicts = results.map(\.verdict) + bridges.map(\.verdict)
        let operations = report.results.reduce(0) { $0 &+ $1.operations.total }
        let seconds = (report.results.map(\.duration) + report.bridges.map(\.duration)).reduce(0, +)
        var lines: [Markup] = [
            """
            <p class="facts">\(Figures.count(verdicts.count, "run")), \(Figures.count(operations, "operation")), \
            \(Figures.plain(seconds)) s</p>
            """
        ]
        if let risk = ImpactSummary(report).text {
            lines.append(#"<p class="risk"><strong>At risk:</strong> \#(risk)</p>"#)
        }
        if report.signal != nil || report.notRun.contains(where: \.isInterrupted) {
            lines.append(#"<p class="risk"><strong>Interrupted:</strong> not everything that was asked was run.</p>"#)
        }
        return """
            <div class="verdict-line">\(Verdicts.badge(report.verdict))\
            \(verdicts.count > 1 ? Verdicts.counts(verdicts) : "")</div>
            \(lines)
            """
    }

    private var resultTable: Markup {
        guard results.count + bridges.count + report.notRun.count > 1 else { return "" }
        var rows = results.enumerated().map { index, result -> [Markup] in
            [
                ##"<a href="#run-\##(index + 1)">\##(result.name)</a>"##, Verdicts.badge(result.verdict),
                "\(result.world.rawValue)", "\(String(result.runSeed ?? result.seed))",
                "\(Figures.count(result.operations.total))", "\(Shown.seconds(result.duration))",
                result.verdict == .pass ? "" : "\(RunSummary.reason(of: result))",
            ]
        }
        rows += bridges.enumerated().map { index, run in
            [
                ##"<a href="#run-\##(results.count + index + 1)">\##(run.scenario.name)</a>"##,
                Verdicts.badge(run.verdict), "live", "–",
                "\(Figures.count(Int(clamping: run.trial?.delivered ?? 0)))", "\(Shown.seconds(run.duration))",
                run.verdict == .pass ? "" : "\(RunSummary.reason(of: run))",
            ]
        }
        rows += report.notRun.map { one in
            [
                "\(one.name)", Verdicts.badge("not run", shape: "unknown"), "\(one.world.rawValue)",
                "\(String(one.seed))", "–", "–", "\(one.reason)",
            ]
        }
        let columns: [Tables.Column] = [
            .text("Scenario"), .text("Verdict"), .text("World"), .number("Seed"), .number("Operations"), .number("s"),
            .text("Reason"),
        ]
        return """
            <section class="results" aria-labelledby="results-title"><h2 id="results-title">Results</h2>
            \(Tables.table("Results of all runs", columns, rows, most: Self.mostRows))
            </section>
            """
    }
}

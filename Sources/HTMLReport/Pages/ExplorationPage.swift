import Exploration
import Judging
import Reporting
import Scenarios

/// The page of an exploration: what was found, each with its story.
struct ExplorationPage {
    private let report: ExplorationReport
    private let explorations: [ScenarioExploration]

    init(_ report: ExplorationReport) {
        self.report = report
        explorations = report.explorations.enumerated().sorted {
            ($1.element.verdict, $0.offset) < ($0.element.verdict, $1.offset)
        }.map(\.element)
    }

    func page(nonce: String) -> String {
        let budget = PageBudget()
        let count = explorations.count
        let title = count == 1 ? explorations[0].variant.scenario.name : "\(count) explorations"
        let frame = PageFrame(
            title: title, verdict: report.verdict, version: report.version, command: "coherence explore",
            circumstances: report.circumstances, nonce: nonce)
        let table = budget.take("the table of results") { resultTable }
        var sections: [Markup] = []
        for (index, exploration) in explorations.enumerated() where !budget.isSpent {
            sections.append(section(exploration, number: index + 1, isOnly: count == 1, budget))
        }
        if sections.count < count {
            let rest = count - sections.count
            sections.append(
                #"<p class="left-out">Left out, because the page would become too large: \#(rest) explorations.</p>"#)
        }
        return frame.page(lead: lead, body: table + "\n" + PageFrame.kept(report.evidence) + Markup(sections))
    }

    private var lead: Markup {
        let schedules = explorations.reduce(0) { $0 &+ $1.progress.schedules }
        let found = explorations.reduce(0) { $0 + $1.failures.count }
        let seconds = explorations.reduce(0) { $0 + $1.duration }
        let isInterrupted = report.signal != nil || explorations.contains(where: \.isInterrupted)
        let interrupted: Markup =
            isInterrupted
            ? #"<p class="risk"><strong>Interrupted:</strong> not everything that was asked was explored.</p>"# : ""
        return """
            <div class="verdict-line">\(Verdicts.badge(report.verdict))\
            \(explorations.count > 1 ? Verdicts.counts(explorations.map(\.verdict)) : "")</div>
            <p class="facts">\(Figures.count(schedules, "schedule")), \(Figures.count(found, "violation")), \
            \(Figures.plain(seconds)) s, seed \(String(report.seed))</p>
            \(interrupted)
            """
    }

    private var resultTable: Markup {
        guard explorations.count + report.notRun.count > 1 else { return "" }
        let rows =
            explorations.enumerated().map { index, exploration -> [Markup] in
                [
                    ##"<a href="#run-\##(index + 1)">\##(exploration.variant.scenario.name)</a>"##,
                    Verdicts.badge(exploration.verdict), "\(Figures.count(exploration.progress.schedules))",
                    "\(Figures.count(exploration.failures.count))", "\(Shown.seconds(exploration.duration))",
                    "\(exploration.failures.first.map { "\($0.kind.check): \($0.kind.rule)" } ?? "")",
                ]
            }
            + report.notRun.map { one in
                [
                    "\(one.name)", Verdicts.badge("not run", shape: "unknown"), "–", "–", "–", "\(one.reason)",
                ]
            }
        let columns: [Tables.Column] = [
            .text("Scenario"), .text("Verdict"), .number("Schedules"), .number("Violations"), .number("s"),
            .text("Reason"),
        ]
        return """
            <section class="results" aria-labelledby="results-title"><h2 id="results-title">Results</h2>
            \(Tables.table("Results of all explorations", columns, rows, most: 1_000))
            </section>
            """
    }

    private func section(
        _ exploration: ScenarioExploration, number: Int, isOnly: Bool, _ budget: PageBudget
    ) -> Markup {
        var parts: [Markup] = []
        if exploration.verdict == .unknown {
            parts.append(#"<p class="failure"><strong>unknown:</strong> \#(exploration.doubt)</p>"#)
        }
        for (index, failure) in exploration.failures.enumerated() {
            parts.append(
                budget.take("a violation of \(failure.kind.check)", share: 0.4) {
                    FoundSection(failure, of: exploration, in: report, id: "e\(number)-\(index + 1)").markup
                })
        }
        if exploration.failures.isEmpty {
            parts.append(Tables.command("Explore again", report.exploreCommand(exploration)))
        }
        parts.append(
            budget.take("what was examined") {
                Markup(
                    [
                        examined(exploration), TargetResults.notJudged(exploration.notJudged),
                        gated(exploration), certificate(exploration),
                    ].filter { !$0.isEmpty })
            })
        return SectionFrame(
            number: number, name: exploration.variant.scenario.name, verdict: exploration.verdict,
            facts: facts(exploration), isOpen: isOnly || exploration.verdict != .pass, isOnly: isOnly
        ).markup(Markup(parts.filter { !$0.isEmpty }))
    }

    private func facts(_ exploration: ScenarioExploration) -> [String] {
        let progress = exploration.progress
        let distinct =
            exploration.certificate == nil
            ? "\(progress.isDistinctExact ? "" : "about ")\(Figures.count(progress.distinct)) distinct" : nil
        let defects = exploration.defects.map(\.rawValue).sorted()
        return [
            Figures.count(progress.schedules, "schedule"), distinct,
            progress.found == 0 ? nil : "\(Figures.count(progress.found)) fail",
            "\(Figures.plain(exploration.duration)) s",
            defects.isEmpty
                ? nil : "\(defects.count == 1 ? "defect" : "defects") \(defects.joined(separator: ", "))",
            exploration.variant.scenario.file,
        ].compactMap { $0 }
    }

    private func examined(_ exploration: ScenarioExploration) -> Markup {
        let rows = exploration.examined.map { check -> [Markup] in
            ["\(check.name)", "\(Figures.count(check.schedules))", "\(Figures.count(check.operations))"]
        }
        guard !rows.isEmpty else { return "" }
        return """
            <h3>Examined</h3>
            \(Tables.table(
                "What each check examined", [.text("Check"), .number("Schedules"), .number("Operations")], rows))
            """
    }

    /// Of an exploration on real processes: what was visited, and what cannot be.
    private func gated(_ exploration: ScenarioExploration) -> Markup {
        guard let facts = exploration.gated else { return "" }
        let lines = GatedLines(
            facts, schedules: exploration.progress.schedules, failures: exploration.failures.count
        ).lines
        return "<h3>On real processes</h3>\n\(FindingsSection.explanation(lines.joined(separator: "\n")))"
    }

    private func certificate(_ exploration: ScenarioExploration) -> Markup {
        guard let certificate = exploration.certificate, exploration.failures.isEmpty else { return "" }
        let lines = CertificateLines(certificate, schedules: exploration.progress.schedules).lines
        return "<h3>Certificate</h3>\n\(FindingsSection.explanation(lines.joined(separator: "\n")))"
    }
}

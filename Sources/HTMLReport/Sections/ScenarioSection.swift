import Checking
import History
import Judging
import Reporting
import Scenarios

/// One run of a scenario.
struct ScenarioSection {
    private let result: ScenarioResult
    private let number: Int
    private let redis: String?
    private let isOnly: Bool

    init(_ result: ScenarioResult, number: Int, redis: String?, isOnly: Bool) {
        self.result = result
        self.number = number
        self.redis = redis
        self.isOnly = isOnly
    }

    func markup(_ budget: PageBudget) -> Markup {
        var parts: [Markup] = [
            budget.take("what came of it") { Markup([failure, command].filter { !$0.isEmpty }) }
        ]
        let findings = FindingsSection(result, number: number)
        parts.append(findings.markup(budget))
        parts.append(
            budget.take("checks and targets") {
                Markup(
                    [CheckResults.markup(result.checks), TargetResults.markup(result), TargetResults.notJudged(result)]
                        .filter { !$0.isEmpty })
            })
        parts.append(budget.take("how it went") { CourseSection(result).markup })
        parts.append(budget.take("more figures") { RestSection(result).markup })
        return SectionFrame(
            number: number, name: result.name, verdict: result.verdict, facts: facts,
            isOpen: isOnly || result.verdict != .pass, isOnly: isOnly
        ).markup(Markup(parts.filter { !$0.isEmpty }))
    }

    private var facts: [String] {
        let counts = result.operations
        let outcomes = [(counts.failed - counts.unknown, "failed"), (counts.unknown, "of unknown outcome")]
            .filter { $0.0 > 0 }.map { "\(Figures.count($0.0)) \($0.1)" }.joined(separator: ", ")
        let defects = result.defects.sorted()
        return [
            result.subject.map { "subject \($0.title)" } ?? "reference cache", result.world.rawValue,
            "seed \(result.runSeed ?? result.seed)",
            defects.isEmpty
                ? nil : "\(defects.count == 1 ? "defect" : "defects") \(defects.joined(separator: ", "))",
            "\(Figures.count(counts.total, "operation"))\(outcomes.isEmpty ? "" : " (\(outcomes))")",
            "\(Figures.plain(result.duration)) s",
            result.timeScale == 1 ? nil : "time \(Figures.plain(result.timeScale)) times faster", result.file,
        ].compactMap { $0 }
    }

    private var failure: Markup {
        guard let failure = result.failure else { return "" }
        return #"<p class="failure"><strong>\#(result.failureHeading):</strong> \#(failure)</p>"#
    }

    private var command: Markup {
        Tables.command(
            result.verdict == .pass ? "Run again" : "Reproduce", ReproduceLine.of(result, redis: redis))
    }
}

/// What every run has around it: its name, its verdict, its facts.
struct SectionFrame {
    let number: Int
    let name: String
    let verdict: RunVerdict
    let facts: [String]
    let isOpen: Bool
    /// Alone on the page it needs no frame that folds.
    let isOnly: Bool

    func markup(_ content: Markup) -> Markup {
        let facts = facts.map { fact -> Markup in "<li>\(fact)</li>" }
        let list: Markup = #"<ul class="facts">\#(facts)</ul>"#
        if isOnly {
            return """
                <article class="run" id="run-\(number)" aria-labelledby="run-\(number)-name">
                <h2 class="unseen" id="run-\(number)-name">\(name)</h2>
                \(list)
                \(content)
                </article>
                """
        }
        return """
            <article class="run" id="run-\(number)" aria-labelledby="run-\(number)-name">
            <details\(isOpen ? " open" : "")><summary><h2 id="run-\(number)-name">\(name)</h2>\
            \(Verdicts.badge(verdict))</summary>
            \(list)
            \(content)
            </details>
            </article>
            """
    }
}

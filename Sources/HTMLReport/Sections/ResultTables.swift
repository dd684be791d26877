import Checking
import Judging
import Reporting

/// What the checks of a run or a history conclude.
enum CheckResults {
    static func markup(_ reports: [CheckReport]) -> Markup {
        guard !reports.isEmpty else { return "" }
        let rows = reports.map { report -> [Markup] in
            [
                "\(report.check)", Verdicts.badge(RunVerdict(report.verdict)), "\(Figures.count(report.examined))",
                "\(report.violationCount == 0 ? "–" : Figures.count(report.violationCount))",
                "\(report.reason ?? "")",
            ]
        }
        return """
            <h3>Checks</h3>
            \(Tables.table(
                "Checks", [.text("Check"), .text("Verdict"), .number("Examined"), .number("Violations"), .text("Note")],
                rows))
            """
    }
}

/// What became of targets.
enum TargetResults {
    private static let columns: [Tables.Column] = [
        .text("Target"), .number("Limit"), .number("Measured"), .text("Verdict"),
    ]

    static func markup(_ result: ScenarioResult) -> Markup {
        // Of a run that judged nothing, the reason is told and not each target.
        let isJudged = !result.checks.isEmpty || !result.targets.isEmpty
        let unjudged: [(TargetOutcome, String)] =
            isJudged ? result.notJudged.compactMap { one in one.target.map { ($0, one.reason) } } : []
        return markup(result.targets, unjudged)
    }

    static func markup(_ targets: [TargetOutcome], _ unjudged: [(TargetOutcome, String)] = []) -> Markup {
        let rows =
            targets.map { target -> [Markup] in
                let warning: Markup =
                    target.isWarning ? #" <span class="note">beyond the warning level</span>"# : ""
                return [
                    "\(target.title)", "\(target.limitText)",
                    "\(target.measured.map { Shown.figure($0, target.unit) } ?? "no sample")",
                    Verdicts.badge(target.verdict) + warning,
                ]
            }
            + unjudged.map { target, reason in
                [
                    "\(target.title)", "\(target.limitText)", "–",
                    Verdicts.notJudged() + #" <span class="note">\#(reason)</span>"#,
                ]
            }
        return rows.isEmpty ? "" : "<h3>Targets</h3>\n\(Tables.table("Targets", columns, rows))"
    }

    /// What was asked and not judged, with the reason.
    static func notJudged(_ result: ScenarioResult) -> Markup {
        let isJudged = !result.checks.isEmpty || !result.targets.isEmpty
        return notJudged(result.notJudged.filter { !isJudged || $0.target == nil })
    }

    static func notJudged(_ all: [NotJudged]) -> Markup {
        var reasons: [String] = []
        for one in all where !reasons.contains(one.reason) { reasons.append(one.reason) }
        let lines = reasons.map { reason -> Markup in
            let names = all.filter { $0.reason == reason }.map(\.name).joined(separator: ", ")
            return "<strong>\(names)</strong> – \(reason)"
        }
        return lines.isEmpty ? "" : "<h3>Not judged</h3>\n\(Tables.list(lines))"
    }
}

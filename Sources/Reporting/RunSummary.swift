import BridgeTrial
import Checking
import History
import Judging
import Scenarios

/// The end of a run, for people: what did not pass, each with one line of reason and the line that runs it again; what was
/// not run; how many of each verdict; and whether it is correctness or speed that is missing.
struct RunSummary {
    let lines: [String]

    init(_ report: Report, _ style: Style) {
        var lines: [String] = []
        for result in report.results where result.verdict != .pass {
            lines.append(Self.line(result.verdict, result.name, Self.reason(of: result), style))
            lines.append("  reproduce: \(ReproduceLine.of(result, redis: report.redis))")
        }
        for run in report.bridges where run.verdict != .pass {
            lines.append(Self.line(run.verdict, run.scenario.name, Self.reason(of: run), style))
            lines.append("  reproduce: \(ReproduceLine.of(run, redis: report.redis))")
        }
        lines += NotRunLines(report.notRun, style).lines
        guard !report.verdicts.isEmpty else {
            self.lines = ["no run"] + lines
            return
        }
        lines.append(Self.counts(report, style))
        lines += Self.notJudged(report, style) + Self.missed(report, style)
        if let risk = ImpactSummary(report).text { lines.append(style.bad("at risk: ") + risk.printable) }
        self.lines = lines
    }

    private static func line(_ verdict: RunVerdict, _ name: String, _ reason: String, _ style: Style) -> String {
        "\(style.verdict(verdict)) \(style.strong(name.printable))  \(reason.printable)"
    }

    // MARK: Reasons

    private static func reason(of result: ScenarioResult) -> String {
        let heaviest = result.verdict
        let checks = result.checks.filter { RunVerdict($0.verdict) == heaviest }.map { check in
            guard let violation = check.violations.first else {
                return "\(check.check): \(check.reason ?? "nothing was examined")"
            }
            let count = check.violationCount == 1 ? "" : " (\(Figures.count(check.violationCount)) times)"
            return "\(check.check): \(violation.rule)\(count)"
        }
        return reason(heaviest, checks, result.targets, failure: result.failure)
    }

    private static func reason(of run: BridgeRun) -> String {
        reason(run.verdict, [], run.targets, failure: run.failure)
    }

    private static func reason(
        _ verdict: RunVerdict, _ checks: [String], _ targets: [TargetOutcome], failure: String?
    ) -> String {
        if verdict == .error || verdict == .unknown, let failure { return failure }
        let outcomes = targets.filter { $0.verdict == (verdict == .unknown ? .unknown : .missed) }.map { target in
            "\(target.title): "
                + (target.measured.map { "\(Figures.plain($0)) \(target.unit)" } ?? "no sample")
                .trimmingSuffix(while: \.isWhitespace)
                + ", limit \(target.limitText)"
        }
        // What was missed beside a violation is counted below.
        let reasons = verdict == .violation && !checks.isEmpty ? checks : checks + outcomes
        guard let first = reasons.first else { return failure ?? "nothing was judged" }
        return first + (reasons.count > 1 ? "; and \(Figures.count(reasons.count - 1)) more" : "")
    }

    // MARK: Counts

    private static func counts(_ report: Report, _ style: Style) -> String {
        let operations = report.results.reduce(0) { $0.addingClamped($1.operations.total) }
        let deliveries = report.bridges.reduce(0) { $0.addingClamped(Int(clamping: $1.trial?.delivered ?? 0)) }
        let seconds = (report.results.map(\.duration) + report.bridges.map(\.duration)).reduce(0, +)
        let count = report.verdicts.count
        let events = report.bridges.isEmpty ? "" : " and \(Figures.count(deliveries)) deliveries of events"
        let rest = report.notRun.count { $0.isInterrupted }
        let whole = rest == 0 ? "" : " of \(Figures.count(count + rest))"
        return
            "\(Figures.count(count))\(whole) \(count + rest == 1 ? "run" : "runs"): \(style.counts(report.verdicts)); "
            + "\(Figures.count(operations)) operations\(events) in \(Figures.plain(seconds)) s"
            + (rest == 0 ? "" : "; \(style.doubtful("interrupted"))")
    }

    private static func notJudged(_ report: Report, _ style: Style) -> [String] {
        let all = report.results.flatMap(\.notJudged)
        let parts = [
            (all.count { $0.target == nil }, "check", "checks"), (all.count { $0.target != nil }, "target", "targets"),
        ].filter { $0.0 > 0 }.map { "\(Figures.count($0.0)) \($0.0 == 1 ? $0.1 : $0.2)" }
        return parts.isEmpty
            ? [] : ["\(style.doubtful("not judged")): \(parts.joined(separator: " and ")), named above"]
    }

    /// Speed is that of a machine, and no fault of the cache's coherence.
    private static func missed(_ report: Report, _ style: Style) -> [String] {
        let missed = (report.results.flatMap(\.targets) + report.bridges.flatMap(\.targets)).filter {
            $0.verdict == .missed
        }
        func count(_ targets: [TargetOutcome]) -> String {
            style.bad("\(Figures.count(targets.count, "target")) missed")
        }
        let (speed, other) = (missed.filter(\.isOfSpeed), missed.filter { !$0.isOfSpeed })
        var lines: [String] = []
        if !other.isEmpty {
            let titles = Array(Set(other.map(\.title.printable))).sorted().joined(separator: ", ")
            lines.append("\(count(other)) on any machine: \(titles)")
        }
        if !speed.isEmpty { lines.append("\(count(speed)): speed on this machine") }
        return lines
    }
}

/// What the scenarios protect whose history refutes coherence. Speed puts no money at risk, and neither does what was not
/// judged. A scenario counts once, however many of its variants failed.
struct ImpactSummary {
    let text: String?

    init(_ report: Report) {
        var files: Set<String> = []
        var protects: Set<String> = []
        var revenue: [String: Double] = [:]
        let runs =
            report.results.map { ($0.file, $0.impact, $0.verdict) }
            + report.bridges.map { ($0.scenario.file, $0.scenario.impact, $0.verdict) }
        for (file, impact, verdict) in runs where verdict == .violation {
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

import BridgeTrial
import Checking
import History
import Judging
import Scenarios

/// The end of a run, for people: what did not pass, each with one line of reason and the line that runs it again; what was
/// not run; how many of each verdict; and whether it is correctness or speed that is missing.
package struct RunSummary {
    let lines: [String]
    /// The end of a run is one screen: so many that did not pass are told once more, the heaviest first.
    private static let mostTold = 6
    private static let mostNames = 4

    /// - Parameter isWhole: whether everything that did not pass is told, and each name of what was not run or judged.
    init(_ report: Report, _ style: Style, isWhole: Bool = true) {
        let wrong = Self.wrong(report)
        let heaviest = Set(wrong.map(\.verdict)).sorted(by: >).flatMap { verdict in
            wrong.filter { $0.verdict == verdict }
        }
        let told = isWhole ? wrong : Array(heaviest.prefix(Self.mostTold))
        var lines = told.flatMap { one in
            [Self.line(one.verdict, one.name, one.reason, style), "  reproduce: \(one.reproduce)"]
        }
        if told.count < wrong.count {
            let rest = heaviest.dropFirst(told.count).map(\.verdict)
            lines.append("and \(style.counts(Array(rest))), which are told above")
        }
        let most = isWhole ? Int.max : Self.mostNames
        lines += NotRunLines(report.notRun, style, most: most).lines
        guard !report.verdicts.isEmpty else {
            self.lines = ["no run"] + lines
            return
        }
        self.lines = lines + Self.totals(report, style, most: most)
    }

    /// How many of each verdict, what was not judged, whether correctness or speed is missing, and what is at risk.
    static func totals(_ report: Report, _ style: Style, most: Int) -> [String] {
        guard !report.verdicts.isEmpty else { return ["no run"] }
        let risk = ImpactSummary(report).text.map { [style.bad("at risk: ") + $0.printable] } ?? []
        return [counts(report, style)] + notJudged(report, style, most: most) + missed(report, style) + risk
    }

    private typealias Wrong = (verdict: RunVerdict, name: String, reason: String, reproduce: String)

    /// What did not pass, in its order.
    private static func wrong(_ report: Report) -> [Wrong] {
        report.results.filter { $0.verdict != .pass }.map { result in
            (result.verdict, result.name, reason(of: result), ReproduceLine.of(result, redis: report.redis))
        }
            + report.bridges.filter { $0.verdict != .pass }.map { run in
                (run.verdict, run.scenario.name, reason(of: run), ReproduceLine.of(run, redis: report.redis))
            }
    }

    private static func line(_ verdict: RunVerdict, _ name: String, _ reason: String, _ style: Style) -> String {
        "\(style.verdict(verdict)) \(style.strong(name.printable))  \(reason.printable)"
    }

    // MARK: Reasons

    package static func reason(of result: ScenarioResult) -> String {
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

    package static func reason(of run: BridgeRun) -> String {
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
        // Of several seeds each line has its own.
        let seeds = Set(report.results.map { $0.runSeed ?? $0.seed })
        let seed = seeds.count == 1 ? seeds.first.map { ", seed \($0)" } ?? "" : ""
        let whole = rest == 0 ? "" : " of \(Figures.count(count + rest))"
        return
            "\(Figures.count(count))\(whole) \(count + rest == 1 ? "run" : "runs"): \(style.counts(report.verdicts)); "
            + "\(Figures.count(operations)) operations\(events) in \(Figures.plain(seconds)) s\(seed)"
            + (rest == 0 ? "" : "; \(style.doubtful("interrupted"))")
    }

    private static func notJudged(_ report: Report, _ style: Style, most: Int) -> [String] {
        func lines(_ all: [NotJudged], _ reason: String) -> [String] {
            guard !all.isEmpty else { return [] }
            let names = CountedNames.text(all.map(\.name.printable), most: most)
            return ["\(style.doubtful(reason.printable)): \(names)"]
        }
        // What ran in the live world as well was judged there.
        let alsoLive = Set(report.results.filter { $0.world == .live }.map(\.file))
        let simulated = report.results.filter { $0.world == .simulated && !alsoLive.contains($0.file) }
            .flatMap(\.notJudged)
        let ofLiveWorld = simulated.filter(\.needsLiveWorld)
        let others = report.results.flatMap { result in
            result.notJudged.filter { result.world != .simulated || !$0.needsLiveWorld }
        }
        var reasons: [String] = []
        for one in others where !reasons.contains(one.reason) { reasons.append(one.reason) }
        return lines(ofLiveWorld, "not judged in virtual time, for --world live")
            + reasons.flatMap { reason in lines(others.filter { $0.reason == reason }, reason) }
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
package struct ImpactSummary {
    package let text: String?

    package init(_ report: Report) {
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

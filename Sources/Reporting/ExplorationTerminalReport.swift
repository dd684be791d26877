import CacheHierarchy
import Exploration
import History
import Judging
import Scenarios

/// What came of exploring scenarios, for people.
public struct ExplorationTerminalReport: Sendable {
    private let style: Style

    /// - Parameters:
    ///   - isColoured: whether the reader's terminal understands colours.
    ///   - width: of the reader's terminal, in columns; `nil`: there is none.
    public init(isColoured: Bool, width: Int? = nil) { style = Style(isColoured: isColoured, width: width) }

    /// One variant of a scenario.
    /// - Parameters:
    ///   - report: that it is part of.
    ///   - files: where its failures were saved, in their order; `nil` for one that was not.
    public func block(
        _ exploration: ScenarioExploration, of report: ExplorationReport, files: [String?] = []
    ) -> String {
        var lines = [headline(exploration)] + examined(exploration)
        if let digest = exploration.digestText {
            lines.append("  digest of \(Figures.count(exploration.progress.schedules, "trace")): \(digest)")
        }
        if let gated = exploration.gated {
            lines += GatedLines(
                gated, schedules: exploration.progress.schedules, failures: exploration.failures.count
            ).lines
        }
        if exploration.failures.isEmpty, let certificate = exploration.certificate {
            lines += CertificateLines(certificate, schedules: exploration.progress.schedules).lines
        }
        for (index, failure) in exploration.failures.enumerated() {
            lines += describe(failure, number: index + 1, of: exploration.failures.count)
            lines.append("  reproduce: \(exploration.replayCommand(failure, in: report))")
            if files.indices.contains(index), let file = files[index] {
                lines.append("         or: coherence replay \(ShellWord.quoted(file))")
            } else if index == 0 {
                let call = exploration.isWithoutSeed ? "--save" : "--seed \(report.seed) --save"
                lines.append("  to keep it: the same call with \(call) failure.json")
            }
        }
        return lines.joined(separator: "\n")
    }

    /// What was asked, how much of it was examined, and what was not judged.
    private func examined(_ exploration: ScenarioExploration) -> [String] {
        let told = exploration.examined.filter(\.hasExamined).map { check in
            "\(check.name) (\(Figures.count(check.operations)) in \(Figures.count(check.schedules, "schedule")))"
        }
        var lines = told.isEmpty ? [] : ["  examined: \(told.joined(separator: ", "))"]
        if exploration.verdict == .unknown { lines.append("  \(style.doubtful("unknown")): \(exploration.doubt)") }
        return lines + NotJudgedLines(exploration.notJudged, style).lines
    }

    private func headline(_ exploration: ScenarioExploration) -> String {
        // Shrinking is no search: it would make the more careful exploration look the slower one.
        let search = exploration.searchDuration ?? exploration.duration
        let rate = Double(exploration.progress.schedules) / max(search, 0.001)
        let shrinking =
            exploration.searchDuration == nil || exploration.failures.isEmpty
            ? "" : " (\(Figures.plain(exploration.duration - search)) s of it shrinking)"
        let facts =
            "\(Self.counts(exploration.progress, exploration.certificate)), \(Figures.plain(exploration.duration)) s\(shrinking), "
            + "\(Figures.plain(rate))/s\(TerminalReport.defects(exploration.defects.map(\.rawValue)))"
        return "\(style.verdict(exploration.verdict)) \(style.strong(exploration.variant.scenario.name.printable))  "
            + style.faint(facts)
    }

    /// `1,000 schedules, 994 distinct`, and how many of them fail. All that an exhaustive exploration does not break off are
    /// distinct.
    private static func counts(
        _ progress: ScenarioExplorer.Progress, _ certificate: ScenarioCertificate? = nil
    ) -> String {
        if let certificate {
            return
                "\(Figures.count(progress.schedules, "schedule")), \(Figures.count(certificate.abandoned)) broken off"
        }
        let distinct = (progress.isDistinctExact ? "" : "about ") + Figures.count(progress.distinct)
        let found = progress.found == 0 ? "" : ", \(Figures.count(progress.found)) fail"
        return "\(Figures.count(progress.schedules, "schedule")), \(distinct) distinct\(found)"
    }

    private func describe(_ failure: FoundFailure, number: Int, of count: Int) -> [String] {
        let title = count == 1 ? "found" : "\(number) of \(count): found"
        let found = Self.size(
            failure.operationsWhenFound, failure.preemptionsWhenFound, failure.switchesWhenFound)
        var lines = [
            "  \(title) in schedule \(Figures.count(failure.number)), by \(failure.strategy); shrunk in "
                + Figures.count(failure.attempts, "run"),
            "    from \(found)",
            "    to \(Self.size(failure.operations, failure.preemptions, failure.switches))",
        ]
        if let repeated = failure.repeated {
            lines.append("    repeated by \(repeated.count) of \(Figures.count(repeated.of, "replay"))")
        }
        if !failure.isWhole { lines.append("  what of the scenario is needed: \(failure.part)".printable) }
        lines += indented(failure.reason)
        if let story = failure.story { lines += ["  step by step:"] + indented("\(story)") }
        return lines
    }

    private static func size(_ operations: Int, _ preemptions: Int, _ switches: Int) -> String {
        [
            Figures.count(operations, "operation"), Figures.count(preemptions, "preemption"),
            Figures.count(switches, "switch", "switches"),
        ].joined(separator: ", ")
    }

    private func indented(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
    }

    /// What did not pass, how much was run, and what was found.
    public func summary(_ report: ExplorationReport) -> String {
        var lines: [String] = []
        for exploration in report.explorations where exploration.verdict != .pass {
            let name = style.strong(exploration.variant.scenario.name.printable)
            let verdict = style.verdict(exploration.verdict)
            for failure in exploration.failures {
                lines.append("\(verdict) \(name)  \("\(failure.kind.check): \(failure.kind.rule)".printable)")
                lines.append("  reproduce: \(exploration.replayCommand(failure, in: report))")
            }
            if exploration.failures.isEmpty {
                lines.append("\(verdict) \(name)  \(exploration.doubt)")
                lines.append("  reproduce: \(report.exploreCommand(exploration))")
            }
        }
        return (lines + NotRunLines(report.notRun, style).lines + [total(report)]).joined(separator: "\n")
    }

    /// How much was run, and what was found.
    func total(_ report: ExplorationReport) -> String {
        let schedules = report.explorations.reduce(0) { $0.addingClamped($1.progress.schedules) }
        let found = report.explorations.reduce(0) { $0 + $1.failures.count }
        let seconds = report.explorations.reduce(0) { $0 + $1.duration }
        let rest = report.notRun.count { $0.isInterrupted }
        let count = report.explorations.count
        let variants = rest == 0 ? "" : " of \(count) of \(count + rest) variants, interrupted"
        return "\(style.verdict(report.verdict)): \(Figures.count(schedules, "schedule"))\(variants), "
            + "\(Figures.count(found, "violation")), \(Figures.plain(seconds)) s, seed \(report.seed)"
            + TerminalReport.defects(report.defects.map(\.rawValue))
    }
}

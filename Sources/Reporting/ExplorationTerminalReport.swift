import ScenarioRunner

/// What came of exploring scenarios, for people.
public struct ExplorationTerminalReport: Sendable {
    private let style: Style

    /// - Parameter isColoured: whether the reader's terminal understands colours.
    public init(isColoured: Bool) { style = Style(isColoured: isColoured) }

    /// One variant of a scenario.
    public func block(_ exploration: ScenarioExploration) -> String {
        let progress = exploration.progress
        let rate = Double(progress.schedules) / max(exploration.duration, 0.001)
        let distinct =
            exploration.certificate.map { "\($0.abandoned) broken off" }
            ?? "\(Figures.count(progress.distinct)) distinct"
        let facts =
            "\(Figures.count(progress.schedules)) schedules, \(distinct), "
            + "\(Figures.plain(exploration.duration)) s, \(Figures.plain(rate))/s"
        var lines = [
            "\(style.verdict(exploration.verdict)) \(style.strong(exploration.scenario.name))  \(style.faint(facts))"
        ]
        if let failure = exploration.failure {
            lines.append(
                "  found in schedule \(failure.schedules) of seed \(failure.seed), shrunk to \(failure.operations) operations and "
                    + "\(failure.switches) switches (from \(failure.switchesWhenFound)) in \(failure.attempts) runs")
            lines += indented(failure.reason) + ["  step by step:"] + indented(failure.story)
            if let command = exploration.replayCommand { lines.append("  again: \(command)") }
        } else if let certificate = exploration.certificate {
            lines += CertificateLines(certificate, schedules: progress.schedules).lines
        }
        return lines.joined(separator: "\n")
    }

    private func indented(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
    }

    /// How much was run, and what was found.
    public func summary(_ report: ExplorationReport) -> String {
        let schedules = report.explorations.reduce(0) { $0 + $1.progress.schedules }
        let found = report.explorations.count { $0.failure != nil }
        let seconds = report.explorations.reduce(0) { $0 + $1.duration }
        return "\(style.verdict(report.verdict)): \(Figures.count(schedules)) schedules, \(found) violations, "
            + "\(Figures.plain(seconds)) s, seed \(report.seed)"
    }
}

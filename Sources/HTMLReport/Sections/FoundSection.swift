import Exploration
import Judging
import Reporting

/// A violation that an exploration found: its rule, its story as lanes of those who act, and its command.
struct FoundSection {
    private let failure: FoundFailure
    private let exploration: ScenarioExploration
    private let report: ExplorationReport
    private let id: String
    private static let mostLines = 200

    init(_ failure: FoundFailure, of exploration: ScenarioExploration, in report: ExplorationReport, id: String) {
        self.failure = failure
        self.exploration = exploration
        self.report = report
        self.id = id
    }

    var markup: Markup {
        """
        <article class="finding" aria-labelledby="\(id)-title">
        <h3 id="\(id)-title"><span class="check">\(failure.kind.check)</span> \(failure.kind.rule)</h3>
        \(Tables.command("Reproduce", exploration.replayCommand(failure, in: report)))
        <p class="facts">found in schedule \(Figures.count(failure.number)) by \(failure.strategy), shrunk in \
        \(Figures.count(failure.attempts, "run")) from \
        \(Figures.count(failure.operationsWhenFound, "operation")) and \
        \(Figures.count(failure.switchesWhenFound, "switch", "switches")) to \
        \(Figures.count(failure.operations, "operation")) and \
        \(Figures.count(failure.switches, "switch", "switches"))\(repeated)</p>
        \(failure.story.map(story) ?? "")
        \(Tables.details("The explanation in full", FindingsSection.explanation(failure.reason), isOpen: true))
        </article>
        """
    }

    /// Of a run on real processes: how often it came out the same.
    private var repeated: String {
        failure.repeated.map { "; repeated by \($0.count) of \($0.of) replays, message by message" } ?? ""
    }

    /// Each actor has a column, and each stretch in which one of them acts a row.
    private func story(_ story: RunStory) -> Markup {
        var actors: [String] = []
        for line in story.lines where !actors.contains(line.actor) { actors.append(line.actor) }
        let columns = actors.prefix(12).map { actor -> Markup in #"<th scope="col">\#(actor)</th>"# }
        let rows = story.lines.prefix(Self.mostLines).enumerated().map { index, line -> Markup in
            let place = actors.firstIndex(of: line.actor) ?? 0
            let deeds = line.deeds.prefix(50).map { deed -> Markup in "<li>\(deed)</li>" }
            let cells = (0..<min(actors.count, 12)).map { column -> Markup in
                column == min(place, 11)
                    ? #"<td class="acts"><span class="unseen">\#(line.actor): </span><ul>\#(deeds)</ul></td>"#
                    : "<td></td>"
            }
            return #"<tr><th scope="row">\#(index + 1)</th>\#(cells)</tr>"#
        }
        let more: Markup =
            story.lines.count > Self.mostLines
            ? #"<p class="more">and \#(story.lines.count - Self.mostLines) more steps</p>"# : ""
        return """
            <h4>Step by step</h4>
            <div class="scroll" tabindex="0" role="group" aria-label="The story, step by step"><table class="story">\
            <caption>Who does what, step by step</caption><thead><tr><th scope="col">Step</th>\(columns)</tr></thead>\
            <tbody>\(rows)</tbody></table></div>\(more)
            """
    }
}

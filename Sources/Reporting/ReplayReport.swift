import Exploration
import History
import Judging
import Scenarios

/// What came of replaying what an exploration found, in the world in which it was found.
public struct ReplayReport: Sendable {
    private let outcome: ScenarioReplay.Outcome
    private let scenario: Scenario
    private let defects: [String]
    private let version: String
    /// What is to be said before: that the scenario has changed.
    private let notes: [String]
    /// On real processes: how many of how many runs repeated it.
    private var repeated: (count: Int, of: Int)?
    private var world: World { repeated == nil ? .simulated : .gated }

    /// - Parameter defects: the names of the deliberate bugs that were in force.
    public init(
        _ outcome: ScenarioReplay.Outcome, of scenario: Scenario, defects: [String], version: String,
        notes: [String] = []
    ) {
        self.outcome = outcome
        self.scenario = scenario
        self.defects = defects.sorted()
        self.version = version
        self.notes = notes
    }

    /// What was replayed on real processes.
    public init(_ outcome: GatedReplay.Outcome, of scenario: Scenario, version: String, notes: [String] = []) {
        self.init(outcome.replay, of: scenario, defects: [], version: version, notes: notes)
        repeated = (outcome.repeated, outcome.times)
    }

    /// A violation if a check is violated; unknown if nothing was examined, or nothing done.
    public var verdict: RunVerdict {
        if outcome.reason != nil { return .violation }
        // Another order than the one that was saved says nothing of it.
        if let repeated, repeated.count == 0 { return .unknown }
        return outcome.examined.contains(where: \.hasExamined) && !outcome.isIdle ? .pass : .unknown
    }

    /// The exit code that tells it to a script.
    public var exitCode: ExitCode { ExitCode(verdict) }

    /// For people.
    public func text(isColoured: Bool) -> String {
        let style = Style(isColoured: isColoured)
        var lines = notes.map(\.printable)
        if let story = outcome.story { lines.append("\(story)") }
        let doubt = outcome.isIdle ? "no worker does anything in it" : "no check examined anything"
        lines.append(outcome.reason ?? (verdict == .pass ? "no check is violated" : doubt))
        let idle = outcome.examined.filter { !$0.hasExamined }.map(\.name)
        if !idle.isEmpty {
            let names = idle.joined(separator: ", ")
            lines.append("\(style.doubtful("not judged")), nothing to examine in this part: \(names)")
        }
        lines.append(comparison)
        lines.append(
            "\(style.verdict(verdict)) \(style.strong(scenario.name.printable))  "
                + style.faint("\(world.rawValue)\(TerminalReport.defects(defects))"))
        return lines.joined(separator: "\n")
    }

    /// Whether it is the run that was found. A trace says who did what and when, and not which values were moved: a
    /// mistake that was mended may leave it as it was.
    private var comparison: String {
        if let repeated {
            let count = "\(repeated.count) of \(Figures.count(repeated.of, "run"))"
            return repeated.count > 0
                ? "repeated, message by message, by \(count)"
                : "not repeated by \(Figures.count(repeated.of, "run")): the cache, its library or the scenario has "
                    + "changed, or something in it is left to chance"
        }
        let hash = String(outcome.traceHash, radix: 36)
        return switch (outcome.isIdentical, outcome.reason) {
        case (true, .some): "identical: this is the run that was found, step by step (trace \(hash))"
        case (true, nil): "the same steps as in the run that was found (trace \(hash)), with another result"
        case (false, _):
            "not identical: another run than was found (trace \(hash)); the program or the scenario has changed"
        }
    }

    private struct Document: Encodable {
        var schema = 1
        let version: String
        let verdict: String
        let exitCode: Int32
        let name: String
        let file: String
        let world: String
        let variant: String
        let defects: [String]
        let identical: Bool
        let trace: String
        let reason: String?
        let story: String
        let checks: [ExplorationJSONReport.Examined]
        let notes: [String]
        let repeated: Int?
        let runs: Int?
    }

    /// One JSON document, keys sorted. Fields are added, never renamed.
    public func encoded() throws -> String {
        try JSONText.encode(
            Document(
                version: version, verdict: verdict.rawValue, exitCode: exitCode.rawValue, name: scenario.name,
                file: scenario.file, world: world.rawValue, variant: scenario.variant, defects: defects,
                identical: outcome.isIdentical, trace: String(outcome.traceHash, radix: 36), reason: outcome.reason,
                story: outcome.story.map { "\($0)" } ?? "",
                checks: outcome.examined.map {
                    ExplorationJSONReport.Examined(name: $0.name, schedules: $0.schedules, examined: $0.operations)
                }, notes: notes, repeated: repeated?.count, runs: repeated?.of))
    }
}

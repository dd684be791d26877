import Exploration
import History
import Judging
import ScenarioRunner
import Scenarios

/// What came of driving a simulated run against the live world, for people.
public struct LiveReplayReport: Sendable {
    private let outcome: LiveReplay.Outcome

    private let scenario: Scenario
    private let defects: [String]

    /// - Parameter defects: the names of the deliberate bugs that were in force.
    public init(_ outcome: LiveReplay.Outcome, of scenario: Scenario, defects: [String]) {
        self.outcome = outcome
        self.scenario = scenario
        self.defects = defects.sorted()
    }

    public var text: String {
        var lines = [outcome.story]
        if !outcome.isIdentical { lines.append("another run: the program or the scenario has changed") }
        lines.append("simulated: " + (outcome.simulated.map { "\($0.check): \($0.rule)" } ?? "no violation"))
        if let live = outcome.live {
            lines.append("live: \(live.check): \(live.rule)\n\(live.explanation)")
        } else {
            lines.append("live: no violation")
        }
        lines.append(driving)
        let idle = outcome.examined.filter { !$0.hasExamined }.map(\.name)
        if !idle.isEmpty {
            lines.append("not judged, nothing to examine in this part: \(idle.joined(separator: ", "))")
        }
        lines.append(conclusion)
        lines.append("\(outcome.verdict.rawValue) \(scenario.name.printable)  live\(TerminalReport.defects(defects))")
        return lines.joined(separator: "\n")
    }

    private struct Document: Encodable {
        struct Rule: Encodable {
            let check: String
            let rule: String
            let explanation: String

            init(_ broken: LiveReplay.BrokenRule) {
                check = broken.check
                rule = broken.rule
                explanation = broken.explanation
            }
        }

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
        let reproduced: Bool
        let conclusion: String
        let simulated: Rule?
        let live: Rule?
        let steps: Int
        let stepsTaken: Int
        let checks: [ExplorationJSONReport.Examined]
    }

    /// One JSON document, keys sorted. Fields are added, never renamed.
    public func encoded(version: String) throws -> String {
        try JSONText.encode(
            Document(
                version: version, verdict: outcome.verdict.rawValue, exitCode: ExitCode(outcome.verdict).rawValue,
                name: scenario.name, file: scenario.file, world: World.live.rawValue, variant: scenario.variant,
                defects: defects, identical: outcome.isIdentical, reproduced: outcome.isReproduced,
                conclusion: conclusion, simulated: outcome.simulated.map(Document.Rule.init),
                live: outcome.live.map(Document.Rule.init), steps: outcome.driving.steps,
                stepsTaken: outcome.driving.stepsTaken,
                checks: outcome.examined.map {
                    ExplorationJSONReport.Examined(name: $0.name, schedules: $0.schedules, examined: $0.operations)
                }))
    }

    private var driving: String {
        let driving = outcome.driving
        return "\(driving.stepsTaken) of \(driving.steps) steps were taken in the order of the simulated run; "
            + "\(driving.passedFreely) points were passed in no particular order"
    }

    private var conclusion: String {
        let divergence = outcome.driving.divergence
        if outcome.isReproduced {
            return "reproduced: the same rule is broken live"
                + (divergence.map { ", although the order was left: \($0)" } ?? "")
        }
        if outcome.live != nil {
            return "another violation than the simulated one" + (divergence.map { "; \($0)" } ?? "")
        }
        if let divergence { return "not reproduced: \(divergence)" }
        return outcome.simulated == nil
            ? "no violation in either world" : "not reproduced: the order was followed to its end"
    }
}

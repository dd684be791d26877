import ScenarioRunner

/// What came of driving a simulated run against the live world, for people.
public struct LiveReplayReport: Sendable {
    private let outcome: LiveReplay.Outcome

    public init(_ outcome: LiveReplay.Outcome) { self.outcome = outcome }

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
        lines.append(conclusion)
        return lines.joined(separator: "\n")
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

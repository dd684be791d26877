import ArgumentParser
import History
import Reporting
import Scenarios

/// Values that take the place of what scenario files say.
struct SetOption: ParsableArguments {
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            """
            Put a value in place of what the scenario files say, by its path from the outside in: cluster.instances=8. \
            May be given several times.
            """,
            valueName: "path=value"))
    var texts: [String] = []

    /// - Throws: after printing what is wrong, the exit code 64.
    func overrides() throws -> [ScenarioOverride] { try Self.overrides(texts) }

    /// What texts of the form `PATH=VALUE` mean.
    /// - Throws: after printing what is wrong, the exit code 64.
    static func overrides(_ texts: [String]) throws -> [ScenarioOverride] {
        try MistakesInFiles.printed { () throws(ScenarioErrors) in
            var overrides: [ScenarioOverride] = []
            for text in texts { overrides.append(try ScenarioOverride(text)) }
            return overrides
        }
    }
}

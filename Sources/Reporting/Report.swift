import BridgeTrial
import ScenarioRunner

/// What a run of several scenarios came to.
public struct Report: Sendable {
    /// The version of the framework that made it.
    public var version: String
    /// Of clusters, in the order in which they ran.
    public var results: [ScenarioResult]
    /// Of event bridges, in the order in which they ran.
    public var bridges: [BridgeRun]

    public init(version: String, results: [ScenarioResult], bridges: [BridgeRun] = []) {
        self.version = version
        self.results = results
        self.bridges = bridges
    }

    /// The heaviest of the results' verdicts; unknown if nothing ran.
    public var verdict: RunVerdict { verdicts.max() ?? .unknown }

    var verdicts: [RunVerdict] { results.map(\.verdict) + bridges.map(\.verdict) }

    /// The exit code that tells it to a script.
    public var exitCode: ExitCode { ExitCode(verdict) }
}

/// The exit codes of the `coherence` command.
public enum ExitCode: Int32, Sendable, CaseIterable {
    /// Everything was examined and nothing was found.
    case pass = 0
    /// A history refutes coherence.
    case violation = 1
    /// A target was missed.
    case targetMissed = 2
    /// Something could not be judged: a budget was spent, nothing was examined, no Redis was to be had.
    case unknown = 3
    /// The command was called wrongly, or a file is wrong.
    case usage = 64
    /// The run itself failed.
    case internalError = 70

    public init(_ verdict: RunVerdict) {
        self =
            switch verdict {
            case .pass: .pass
            case .unknown: .unknown
            case .missed: .targetMissed
            case .violation: .violation
            case .error: .internalError
            }
    }
}

import BridgeTrial
import ScenarioRunner

/// A measurement of the event bridge as one JSON document. Fields are added, never renamed; `schema` counts the other
/// changes.
public struct BridgeJSONReport: Encodable, Sendable {
    private let run: BridgeRun
    private let trial: TrialResult
    private let version: String

    public init(_ run: BridgeRun, _ trial: TrialResult, version: String) {
        self.run = run
        self.trial = trial
        self.version = version
    }

    /// The document as text, keys sorted.
    public func encoded() throws -> String { try JSONText.encode(self) }

    private enum Key: String, CodingKey { case schema, version, verdict, exitCode, findings }

    private struct Finding: Encodable {
        var name: String
        var limit: String
        var level: String
    }

    /// What was counted stands beside the verdict, not below it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(1, forKey: .schema)
        try container.encode(version, forKey: .version)
        try container.encode(run.verdict.rawValue, forKey: .verdict)
        try container.encode(ExitCode(run.verdict).rawValue, forKey: .exitCode)
        let findings = run.findings.map { Finding(name: $0.name, limit: $0.limit, level: $0.level.rawValue) }
        try container.encode(findings, forKey: .findings)
        try BridgeFigures(trial).encode(to: encoder)
    }
}

extension BridgeRun {
    var findings: [BridgeFinding] { zip(targets, scenario.targets).map { BridgeFinding($0, of: $1) } }

    /// The command that runs it again.
    var replayCommand: String { "coherence run '\(scenario.file)'" }
}

import BridgeTrial
import Judging
import Scenarios

/// A measurement of the event bridge as one JSON document. Fields are added, never renamed; `schema` counts the other
/// changes.
public struct BridgeJSONReport: Encodable, Sendable {
    private let run: BridgeRun
    private let version: String
    private let signal: Int32?

    /// - Parameter signal: what ended it early, if something did.
    public init(_ run: BridgeRun, version: String, signal: Int32? = nil) {
        self.run = run
        self.version = version
        self.signal = signal
    }

    /// The document as text, keys sorted.
    public func encoded() throws -> String { try JSONText.encode(self) }

    private enum Key: String, CodingKey {
        case schema, version, verdict, exitCode, interrupted, defects, findings, notJudged, failure
    }

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
        try container.encode((signal.map(ExitCode.init(signal:)) ?? ExitCode(run.verdict)).rawValue, forKey: .exitCode)
        try container.encode(signal != nil, forKey: .interrupted)
        try container.encode(run.trial?.plan.defect.map { [$0.rawValue] } ?? [], forKey: .defects)
        try container.encode(run.notJudged, forKey: .notJudged)
        try container.encodeIfPresent(run.failure, forKey: .failure)
        let findings = run.findings.map { Finding(name: $0.name, limit: $0.limit, level: $0.level.rawValue) }
        try container.encode(findings, forKey: .findings)
        if let trial = run.trial { try BridgeFigures(trial).encode(to: encoder) }
    }
}

extension BridgeRun {
    var findings: [BridgeFinding] { zip(targets, scenario.targets).map { BridgeFinding($0, of: $1) } }

    /// The titles of the targets of a run that did not come to its end.
    var notJudged: [String] { targets.isEmpty ? scenario.targets.map(\.title) : [] }
}

import BridgeTrial
import EventBridge

/// A trial of the event bridge as one JSON document. Fields are added, never renamed; `schema` counts the other
/// changes.
public struct BridgeJSONReport: Codable, Sendable {
    public var schema = 1
    public var version: String
    public var verdict: String
    public var exitCode: Int32
    public var plan: TrialPlan
    public var published: UInt64
    public var expected: UInt64
    public var delivered: UInt64
    /// From 0 to 1; absent if nothing was expected.
    public var delivery: Double?
    public var lost: UInt64
    public var duplicates: UInt64
    public var selfReceived: UInt64
    public var latency: Latency
    public var findings: [Finding]
    public var instances: [Instance]
    public var notes: [String]

    /// In nanoseconds.
    public struct Latency: Codable, Sendable {
        public var count: UInt64
        public var p50: UInt64?
        public var p95: UInt64?
        public var p99: UInt64?
        public var max: UInt64?

        init(_ summary: LatencySummary) {
            (count, p50, p95, p99, max) = (summary.count, summary.p50, summary.p95, summary.p99, summary.max)
        }
    }

    public struct Finding: Codable, Sendable {
        public var name: String
        public var limit: String
        public var level: String
    }

    public struct Instance: Codable, Sendable {
        public var number: Int
        public var process: Int32?
        public var lost: UInt64?
        public var duplicates: UInt64?
        public var selfReceived: UInt64?
        public var bridge: BridgeCounts?
        public var latency: Latency?
        public var failure: String?
    }

    public init(_ result: TrialResult, version: String) {
        self.version = version
        verdict = result.verdict.rawValue
        exitCode = ExitCode(result.verdict).rawValue
        plan = result.plan
        published = result.published
        expected = result.expected
        delivered = result.delivered
        delivery = result.delivery
        lost = result.lost
        duplicates = result.duplicates
        selfReceived = result.selfReceived
        latency = Latency(result.latency)
        findings = result.findings.map { Finding(name: $0.name, limit: $0.limit, level: $0.level.rawValue) }
        instances = result.instances.map { instance in
            Instance(
                number: instance.number, process: instance.identifier,
                lost: instance.report.map { _ in result.lost(by: instance) }, duplicates: instance.report?.duplicates,
                selfReceived: instance.report?.selfReceived, bridge: instance.report?.bridge,
                latency: instance.report.map { Latency(LatencySummary($0)) }, failure: instance.failure)
        }
        notes = result.notes
    }

    /// The document as text, keys sorted.
    public func encoded() throws -> String { try JSONText.encode(self) }
}

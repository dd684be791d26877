import History
import Judging

/// What the checks say about histories, as one JSON document. Fields are added, never renamed.
public struct HistoryJSONReport: Codable, Sendable {
    public var schema = 1
    public var version: String
    public var verdict: String
    public var exitCode: Int32
    /// When, where and of what it was made; absent if nobody looked.
    public var circumstances: ReportCircumstances?
    public var histories: [History]

    public struct History: Codable, Sendable {
        public var file: String
        public var format: String?
        public var verdict: String
        public var durationSeconds: Double
        public var operations: JSONReport.Operations
        public var checks: [JSONReport.Check]
        /// What was asked because nobody said anything; absent if somebody did.
        public var choice: Choice?
        public var notes: [String]
        public var failure: String?
    }

    public struct Choice: Codable, Sendable {
        /// What the history promises, by what was recorded.
        public var promise: String
        /// What tells so.
        public var because: String
        public var checks: [String]
    }

    public init(_ report: HistoryReport) {
        version = report.version
        verdict = report.verdict.rawValue
        exitCode = report.exitCode.rawValue
        circumstances = report.circumstances
        histories = report.results.map { result in
            History(
                file: result.file, format: result.format?.rawValue, verdict: result.verdict.rawValue,
                durationSeconds: result.duration,
                operations: JSONReport.Operations(result.operations),
                checks: result.checks.map { JSONReport.Check($0, keys: result.keys, tagSets: result.tagSets) },
                choice: result.choice.map {
                    Choice(promise: $0.promise.rawValue, because: $0.promise.evidence, checks: $0.checks)
                },
                notes: result.notes, failure: result.failure?.description)
        }
    }

    /// The document as text, keys sorted.
    public func encoded() throws -> String { try JSONText.encode(self) }
}

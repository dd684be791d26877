import Checking
import ScenarioRunner

/// What the checks say about one recorded history.
public struct HistoryResult: Sendable {
    /// The file, `-` for standard input.
    public var file: String
    /// How it was written: `jsonl`, `register`, `edn`.
    public var format: String
    /// Seconds, reading included.
    public var duration: Double
    public var operations: OperationCounts
    /// The names that the operations of the reports refer to.
    public var keys: [String]
    public var tagSets: [[String]]
    public var checks: [CheckReport]
    /// What was read but is no operation, in a sentence each: `12 operations of the nemesis were skipped`.
    public var notes: [String]
    /// Why it was not judged to the end.
    public var failure: String?

    public init(
        file: String, format: String, duration: Double, operations: OperationCounts, keys: [String],
        tagSets: [[String]],
        checks: [CheckReport], notes: [String] = [], failure: String? = nil
    ) {
        self.file = file
        self.format = format
        self.duration = duration
        self.operations = operations
        self.keys = keys
        self.tagSets = tagSets
        self.checks = checks
        self.notes = notes
        self.failure = failure
    }

    /// The heaviest of the checks' verdicts; unknown without any, or if it was not judged to the end.
    public var verdict: RunVerdict {
        let heaviest = checks.map { RunVerdict($0.verdict) }.max() ?? .unknown
        return failure == nil ? heaviest : max(heaviest, .unknown)
    }
}

/// What the checks say about several histories.
public struct HistoryReport: Sendable {
    /// The version of the framework that made it.
    public var version: String
    /// In the order in which they were judged.
    public var results: [HistoryResult]

    public init(version: String, results: [HistoryResult]) {
        self.version = version
        self.results = results
    }

    /// The heaviest verdict of all; unknown if there is none.
    public var verdict: RunVerdict { results.map(\.verdict).max() ?? .unknown }

    /// The exit code that tells it to a script.
    public var exitCode: ExitCode { ExitCode(verdict) }
}

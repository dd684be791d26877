import Judging

/// What the checks say about several histories.
public struct HistoryReport: Sendable {
    /// The version of the framework that made it.
    public var version: String
    /// In the order in which they were judged.
    public var results: [HistoryResult]
    /// When, where and of what it was made; `nil` if nobody looked.
    public var circumstances: ReportCircumstances?

    public init(version: String, results: [HistoryResult]) {
        self.version = version
        self.results = results
    }

    /// The heaviest verdict of all; unknown if there is none.
    public var verdict: RunVerdict { results.map(\.verdict).max() ?? .unknown }

    /// The exit code that tells it to a script.
    public var exitCode: ExitCode { results.contains { $0.failure?.isUnusable == true } ? .usage : ExitCode(verdict) }
}

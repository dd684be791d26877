import History

/// How stale do reads get?
///
/// The staleness of a read is the time from the earliest end of a write newer than what it returned until the read started
/// (0 if there was none). With a limit, a read that exceeds it is a violation; without one the check only reports, and its
/// verdict says that there was something to report. ``StalenessDistribution`` has the figures.
///
/// A pass proves that no recorded read was staler than the limit.
///
/// O(n log n).
public struct BoundedStaleness: Check {
    public let name = "staleness"
    /// Nanoseconds; `nil` to report only.
    public let limit: Int64?

    public init(limit: Int64?) { self.limit = limit }

    public func examine(_ history: History) -> CheckReport {
        let samples = StalenessDistribution(history).samples
        var violations: [Violation] = []
        if let limit {
            for sample in samples where sample.duration > limit {
                guard let newer = sample.newer else { continue }
                violations.append(
                    Violation(
                        rule: "A read returns nothing that had been out of date for more than \(Story.time(limit).dropFirst()).",
                        operations: [newer, sample.read], in: history))
            }
        }
        return CheckReport(check: name, examined: samples.count, violations: violations, whatIsMissing: "read")
    }
}

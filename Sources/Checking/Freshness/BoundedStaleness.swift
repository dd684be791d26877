import History

/// How old the values were that reads returned, and that none was older than a limit.
///
/// **Rule.** A read is stale by the time between the earliest end of a write of a newer version and the start of the
/// read (0 if no such write had ended). No read is staler than the limit. Only writes and deletes that certainly
/// happened count. ``StalenessDistribution`` gives the figures.
///
/// **A pass proves** that no recorded read was staler than the limit; without a limit only that there were reads to
/// measure. It does not prove that other reads would have been.
///
/// **Complexity.** O(n log n).
///
/// **Source.** Δ-atomicity: Golab, Li and Shah, *Analyzing Consistency Properties for Fun and Profit* (2011).
public struct BoundedStaleness: Check {
    /// The name in scenario files and reports: `staleness`.
    public let name = "staleness"

    /// The most that is allowed, in nanoseconds; `nil` allows anything. A read exactly as stale as the limit is
    /// allowed.
    public var limit: Int64?
    /// How many violations are reported; all are counted. With 0 they are counted only.
    public var maximumViolations: Int

    /// Makes the check; each argument is the property of the same name.
    public init(limit: Int64? = nil, maximumViolations: Int = 10) {
        self.limit = limit
        self.maximumViolations = maximumViolations
    }

    /// Judges a history. O(n log n).
    /// - Returns: a violation with its proof, a pass if every operation that the rule concerns was judged, or unknown
    ///   with the reason.
    public func examine(_ history: History) -> CheckReport {
        var findings = Findings(history, keeping: maximumViolations)
        var examined = 0
        let keysWithoutVersions = StalenessSample.forEach(in: history) { read, sample in
            examined += 1
            guard let limit, let newer = sample.newer, sample.age > UInt64(max(0, limit)) else { return }
            findings.addStaleRead(read, newer: newer, over: limit, lag: sample.lag)
        }
        return findings.report(
            check: name, examined: examined,
            reason: Labelling.reason(keysWithoutVersions: keysWithoutVersions)
                ?? (examined == 0 ? "no read of a key with versions was examined" : nil))
    }
}

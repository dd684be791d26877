import Histogram

/// Latencies of deliveries in nanoseconds, from the moment that was planned for an event: if publisher or server lag
/// behind, that counts. To three significant digits.
public struct LatencySummary: Sendable, Hashable {
    /// How many deliveries there were; if there were none, every figure is `nil`.
    public var count: UInt64
    public var min: UInt64?
    public var mean: Double?
    public var p50: UInt64?
    public var p95: UInt64?
    public var p99: UInt64?
    public var max: UInt64?

    /// Of several instances together: histograms are added, percentiles could not be.
    init(_ reports: [InstanceReport]) {
        var all = Histogram<UInt64>(
            highestTrackableValue: 3_600_000_000_000, numberOfSignificantValueDigits: .three)
        for value in reports.flatMap(\.latencies) { all.record(value.nanoseconds, count: value.count) }
        count = all.totalCount
        guard count > 0 else { return }
        min = all.min
        mean = all.mean
        p50 = all.valueAtPercentile(50)
        p95 = all.valueAtPercentile(95)
        p99 = all.valueAtPercentile(99)
        max = all.max
    }

    /// Of one instance.
    public init(_ report: InstanceReport) { self.init([report]) }
}

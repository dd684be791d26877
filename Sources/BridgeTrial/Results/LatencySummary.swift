import Histogram

/// The latencies of deliveries in nanoseconds, from the planned moment of an event. They include delays of the
/// publisher and the server. Three significant digits.
public struct LatencySummary: Sendable, Hashable {
    /// The number of deliveries. If it is 0, every other figure is `nil`.
    public var count: UInt64
    /// The smallest latency in nanoseconds.
    public var min: UInt64?
    /// The mean in nanoseconds.
    public var mean: Double?
    /// The median in nanoseconds.
    public var p50: UInt64?
    /// The 95th percentile in nanoseconds.
    public var p95: UInt64?
    /// The 99th percentile in nanoseconds.
    public var p99: UInt64?
    /// The greatest latency in nanoseconds.
    public var max: UInt64?

    /// Summarises several instances. It adds their histograms, because percentiles cannot be added.
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

    /// Summarises one instance. O(n log n) in the number of different latencies.
    public init(_ report: InstanceReport) { self.init([report]) }
}

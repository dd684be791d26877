import Histogram
import Scenarios

/// Gathers the samples of one quantity, for all of it and for each label, in HDR histograms (three significant digits).
///
/// Samples are whole numbers in the metric's base unit (nanoseconds, counts) or thousandths of it (percentages).
struct Sampler {
    private let metric: Metric
    private var histograms: [[String: String]: Histogram<UInt64>] = [:]

    init(_ metric: Metric) { self.metric = metric }

    /// Adds a sample to the whole and to the part of every combination of its labels (there are two at most).
    mutating func add(_ value: Double, labels: [String: String] = [:]) {
        record(value, [:])
        for (name, text) in labels { record(value, [name: text]) }
        if labels.count > 1 { record(value, labels) }
    }

    private mutating func record(_ value: Double, _ labels: [String: String]) {
        let scaled = UInt64(max(0, (value * Sampler.resolution(of: metric.unit)).rounded()))
        // They begin small and grow as needed: reading a figure takes a walk over all of a histogram.
        histograms[labels, default: Histogram(numberOfSignificantValueDigits: .three)].record(scaled)
    }

    private static func resolution(of unit: MetricUnit) -> Double {
        switch unit {
        case .nanoseconds, .count: 1
        case .percent, .perSecond: 1000
        }
    }

    /// The measurements, the whole first.
    func measurements() -> [Measurement] {
        let factor = metric.unit.displayFactor / Sampler.resolution(of: metric.unit)
        return histograms.sorted { Self.order($0.key) < Self.order($1.key) }.map { labels, histogram in
            func figure(_ value: UInt64) -> Double { Double(value) * factor }
            return Measurement(
                metric: metric.name, unit: metric.unit.display, labels: labels, count: Int(histogram.totalCount),
                min: figure(histogram.min), mean: histogram.mean * factor, p50: figure(histogram.valueAtPercentile(50)),
                p95: figure(histogram.valueAtPercentile(95)), p99: figure(histogram.valueAtPercentile(99)),
                max: figure(histogram.max))
        }
    }

    private static func order(_ labels: [String: String]) -> String {
        labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }
}

extension Measurement {
    /// A quantity of which there is one figure a run.
    init(_ metric: Metric, value: Double, labels: [String: String] = [:]) {
        let shown = value * metric.unit.displayFactor
        self.init(
            metric: metric.name, unit: metric.unit.display, labels: labels, count: 1, min: shown, mean: shown, p50: shown,
            p95: shown, p99: shown, max: shown)
    }
}

extension MetricUnit {
    /// The unit of figures in reports.
    public var display: String {
        switch self {
        case .nanoseconds: "ms"
        case .percent: "%"
        case .perSecond: "/s"
        case .count: ""
        }
    }

    /// From the base unit to that of reports.
    public var displayFactor: Double { self == .nanoseconds ? 1e-6 : 1 }
}

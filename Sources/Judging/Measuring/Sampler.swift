import Histogram
import Scenarios

/// Gathers the samples of one quantity, for all of it and for each combination of labels. Percentiles come from an HDR
/// histogram (three significant digits); count, least, mean and greatest are exact.
struct Sampler {
    private let metric: Metric
    /// In the metric's base unit.
    private var samples: [[String: String]: [Double]] = [:]

    init(_ metric: Metric) { self.metric = metric }

    /// Adds a sample to the whole and to the part of every combination of its labels (there are two at most).
    mutating func add(_ value: Double, labels: [String: String] = [:]) {
        samples[[:], default: []].append(value)
        for (name, text) in labels { samples[[name: text], default: []].append(value) }
        if labels.count > 1 { samples[labels, default: []].append(value) }
    }

    /// The measurements, the whole first.
    func measurements() -> [Measurement] {
        samples.sorted { Self.order($0.key) < Self.order($1.key) }.map { measurement(of: $0.value, labels: $0.key) }
    }

    private func measurement(of values: [Double], labels: [String: String]) -> Measurement {
        let factor = metric.unit.displayFactor
        let greatest = values.max() ?? 0
        // The histogram holds whole numbers: small quantities are counted in thousandths.
        let resolution = metric.unit == .nanoseconds ? 1.0 : 1000.0
        // As large as it has to be and no larger: reading a figure takes a walk over all of it.
        var histogram = Histogram<UInt64>(
            highestTrackableValue: max(2, UInt64((greatest * resolution).rounded()) + 1),
            numberOfSignificantValueDigits: .three)
        for value in values { histogram.record(UInt64(max(0, (value * resolution).rounded()))) }
        func percentile(_ percent: Double) -> Double {
            min(Double(histogram.valueAtPercentile(percent)) / resolution, greatest) * factor
        }
        return Measurement(
            metric: metric.name, unit: metric.unit.display, labels: labels, count: values.count,
            min: (values.min() ?? 0) * factor, mean: values.reduce(0, +) / Double(values.count) * factor,
            p50: percentile(50), p95: percentile(95), p99: percentile(99), max: greatest * factor)
    }

    private static func order(_ labels: [String: String]) -> String {
        labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }
}

extension Measurement {
    /// A quantity of which there is one figure a run.
    package init(_ metric: Metric, value: Double, labels: [String: String] = [:]) {
        let shown = value * metric.unit.displayFactor
        self.init(
            metric: metric.name, unit: metric.unit.display, labels: labels, count: 1, min: shown, mean: shown,
            p50: shown,
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

/// Something that a run measures.
public struct Metric: Sendable, Hashable {
    /// Whether there are many samples or one number.
    public enum Kind: Sendable, Hashable {
        /// Many samples, with all statistics but `value`.
        case sampled
        /// One number, with the statistic `value` only.
        case scalar
    }

    /// A property of a sample by which a target can be narrowed.
    public enum Label: String, Sendable, Hashable, CaseIterable {
        /// The layer that served a read: a declared one or `origin`.
        case layer
        /// The name of the phase in which it was measured.
        case phase
        /// The instance, counted from 1.
        case instance
    }

    /// The name in scenario files and reports, such as `read.latency`.
    public let name: String
    /// Whether it has many samples or is one number.
    public let kind: Kind
    /// The unit of its measurements.
    public let unit: MetricUnit
    /// The labels by which its measurements are distinguished.
    public let labels: [Label]
    /// One sentence for the documentation and for error messages.
    public let meaning: String

    init(_ name: String, _ kind: Kind, _ unit: MetricUnit, _ labels: [Label], _ meaning: String) {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.labels = labels
        self.meaning = meaning
    }

    /// The statistics that it has.
    public var statistics: [Statistic] {
        switch kind {
        case .sampled: Statistic.allCases.filter { $0 != .value }
        case .scalar: [.value]
        }
    }

    /// The unit of one of its statistics: its own, but `count` counts.
    public func unit(of statistic: Statistic) -> MetricUnit { statistic == .count ? .count : unit }
}

/// A scenario that is run and measured.
protocol MetricProducer {
    /// Whether it measures that, in one of its worlds and variants.
    func produces(_ metric: Metric) -> Bool
    /// The values that a label can have, in order.
    func values(of label: Metric.Label, for metric: Metric) -> [String]
    /// What it can measure at all, for error messages.
    static var metrics: [Metric] { get }
}

extension Scenario: MetricProducer {
    static var metrics: [Metric] { Metric.ofCluster }

    func produces(_ metric: Metric) -> Bool { metric.isProduced(by: self) }

    func values(of label: Metric.Label, for metric: Metric) -> [String] { metric.values(of: label, in: self) }
}

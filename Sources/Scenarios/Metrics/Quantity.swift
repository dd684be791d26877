import Support

/// The unit in which a metric is measured, and in which its ``Quantity`` is held.
public enum MetricUnit: String, Sendable, Hashable, CaseIterable {
    /// A time, in nanoseconds.
    case nanoseconds
    /// From 0 to 100.
    case percent
    /// Per second.
    case perSecond
    /// A plain number.
    case count
}

/// A number with its unit.
public struct Quantity: Sendable, Hashable, CustomStringConvertible {
    /// The number, in the unit.
    public var value: Double
    /// The unit of the number.
    public var unit: MetricUnit

    /// Makes a quantity.
    public init(_ value: Double, _ unit: MetricUnit) {
        self.value = value
        self.unit = unit
    }

    /// As a person writes it: `100 ms`, `95 %`, `500/s`, `3`. At most three digits after the point.
    public var description: String {
        switch unit {
        case .nanoseconds: return ShownFigure.duration(nanoseconds: value)
        case .percent: return "\(ShownFigure.rounded(value)) %"
        case .perSecond: return "\(ShownFigure.rounded(value))/s"
        case .count: return ShownFigure.rounded(value)
        }
    }
}

/// A number drawn from measurements.
public enum Statistic: String, Sendable, Hashable, CaseIterable {
    /// How many samples there are.
    case count
    /// The least sample.
    case min
    /// The arithmetic mean of the samples.
    case mean
    /// The median.
    case p50
    /// The 95th percentile.
    case p95
    /// The 99th percentile.
    case p99
    /// The greatest sample.
    case max
    /// The measurement itself, of a metric that is one number.
    case value
}

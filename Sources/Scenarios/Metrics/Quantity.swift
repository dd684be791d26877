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
        case .nanoseconds:
            let scales = [(3600e9, "h"), (60e9, "min"), (1e9, "s"), (1e6, "ms"), (1e3, "µs")]
            // Hours and minutes only if they come out even: "1.017 min" is hard to read.
            for (scale, name) in scales where abs(value) >= scale {
                if scale > 1e9, value.truncatingRemainder(dividingBy: scale) != 0 { continue }
                return "\(Self.rounded(value / scale)) \(name)"
            }
            return value == 0 ? "0 ms" : "\(Self.rounded(value)) ns"
        case .percent: return "\(Self.rounded(value)) %"
        case .perSecond: return "\(Self.rounded(value))/s"
        case .count: return Self.rounded(value)
        }
    }

    private static func rounded(_ value: Double) -> String {
        let thousandths = (value * 1000).rounded() / 1000
        if let whole = Int(exactly: thousandths) { return String(whole) }
        return String(thousandths)
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

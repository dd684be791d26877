/// A number drawn from measurements.
public enum Statistic: String, Sendable, Hashable, CaseIterable {
    /// How many samples there are.
    case count
    case min
    case mean
    /// The median.
    case p50
    case p95
    case p99
    case max
    /// The measurement itself, of a metric that is one number.
    case value
}

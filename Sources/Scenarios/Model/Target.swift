/// A value that a measurement of a run must reach.
///
/// A target without a single sample is missed: nothing measured is not good performance.
public struct Target: Sendable, Hashable {
    /// How a measurement is compared with its limit: *measurement comparison limit*.
    public enum Comparison: String, Sendable, Hashable, CaseIterable {
        /// Below the limit.
        case less = "<"
        /// At most the limit.
        case lessOrEqual = "<="
        /// Above the limit.
        case greater = ">"
        /// At least the limit.
        case greaterOrEqual = ">="

        /// Whether a measurement meets a limit.
        public func holds(_ measurement: Double, _ limit: Double) -> Bool {
            switch self {
            case .less: measurement < limit
            case .lessOrEqual: measurement <= limit
            case .greater: measurement > limit
            case .greaterOrEqual: measurement >= limit
            }
        }

        /// Whether small is good.
        public var boundsFromAbove: Bool { self == .less || self == .lessOrEqual }
    }

    /// What a measurement is compared with.
    public enum Limit: Sendable, Hashable {
        /// A fixed quantity, in the unit of the metric (or a count, for the statistic `count`).
        case absolute(Quantity)
        /// A multiple of another measurement of the same run, over all its labels.
        case relative(factor: Double, metric: String, statistic: Statistic)
    }

    /// A comparison with its limit.
    public struct Bound: Sendable, Hashable {
        /// How the measurement is compared with the limit.
        public var comparison: Comparison
        /// What the measurement is compared with.
        public var limit: Limit

        /// Makes a bound.
        public init(_ comparison: Comparison, _ limit: Limit) {
            self.comparison = comparison
            self.limit = limit
        }
    }

    /// The name of its row in a table, or the name given in the scenario; `nil` if it has none.
    public var name: String?
    /// The name of a ``Metric`` of the catalogue.
    public var metric: String
    /// What is drawn from the samples of the metric.
    public var statistic: Statistic
    /// Beyond this the target is missed. Shorthands: ``comparison`` and ``limit``.
    public var bound: Bound
    /// Beyond this the report warns. Never on the far side of ``bound``.
    public var warning: Bound?
    /// Only measurements with all of these labels count.
    public var `where`: [String: String]
    /// Where it was declared: in the scenario or in a table.
    public var position: SourcePosition

    /// Makes it; each argument is the property of the same name.
    public init(
        name: String? = nil,
        metric: String,
        statistic: Statistic,
        bound: Bound,
        warning: Bound? = nil,
        where labels: [String: String] = [:],
        position: SourcePosition
    ) {
        self.name = name
        self.metric = metric
        self.statistic = statistic
        self.bound = bound
        self.warning = warning
        self.where = labels
        self.position = position
    }

    /// The comparison of ``bound``.
    public var comparison: Comparison { bound.comparison }
    /// The limit of ``bound``.
    public var limit: Limit { bound.limit }

    /// What it measures, for a report: its name, or `propagation p95 [phase=race]`.
    public var title: String {
        if let name { return name }
        let labels = `where`.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return "\(metric) \(statistic.rawValue)" + (labels.isEmpty ? "" : " [\(labels.joined(separator: ", "))]")
    }
}

/// Something that is run and measured.
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

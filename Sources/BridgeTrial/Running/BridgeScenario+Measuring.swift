public import Scenarios

extension BridgeScenario {
    /// A bridge that nobody has declared in a file, with what is required of every one: everything is delivered, once, and
    /// to nobody else, what is lost is counted, and nothing is late.
    public static func measuring(_ bridge: BridgeDeclaration) -> BridgeScenario {
        func target(
            _ name: String, _ metric: Metric, _ comparison: Target.Comparison, _ limit: Double, warning: Double? = nil,
            statistic: Statistic = .value
        ) -> Target {
            func bound(_ limit: Double) -> Target.Bound { .init(comparison, .absolute(Quantity(limit, metric.unit))) }
            return Target(
                name: name, metric: metric.name, statistic: statistic, bound: bound(limit),
                warning: warning.map(bound), position: SourcePosition(file: "", line: 1, column: 1))
        }
        return BridgeScenario(
            name: "Event bridge", file: "", bridge: bridge,
            targets: [
                target("delivery", .bridgeDelivery, .greaterOrEqual, 99, warning: 100),
                target("lost", .bridgeLost, .lessOrEqual, 0),
                target("duplicates", .bridgeDuplicates, .lessOrEqual, 0),
                target("self-received", .bridgeSelfReceived, .lessOrEqual, 0),
                target("miscounted", .bridgeMiscounted, .lessOrEqual, 0),
                target("errors", .bridgeErrors, .lessOrEqual, 0),
                target("p99", .bridgeLatency, .less, 100_000_000, warning: 50_000_000, statistic: .p99),
            ])
    }
}

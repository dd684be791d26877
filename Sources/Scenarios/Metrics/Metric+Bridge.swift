extension Metric {
    /// `bridge.published`: how many events were published. A number.
    public static let bridgePublished = Metric(
        "bridge.published", .scalar, .count, [.instance], "how many events were published")
    /// `bridge.received`: how many events of others were delivered, each counted once. A number.
    public static let bridgeReceived = Metric(
        "bridge.received", .scalar, .count, [.instance], "how many events of others were delivered, each counted once")
    /// `bridge.delivery`: which part of the events was delivered to those who should have been given them. In percent.
    public static let bridgeDelivery = Metric(
        "bridge.delivery", .scalar, .percent, [.instance],
        "which part of the events was delivered to those who should have been given them")
    /// `bridge.lost`: how many deliveries there should have been and were not. A number.
    public static let bridgeLost = Metric(
        "bridge.lost", .scalar, .count, [.instance], "how many deliveries there should have been and were not")
    /// `bridge.duplicates`: how many events were delivered again. A number.
    public static let bridgeDuplicates = Metric(
        "bridge.duplicates", .scalar, .count, [.instance], "how many events were delivered again")
    /// `bridge.self-received`: how many events were delivered to their publisher. A number.
    public static let bridgeSelfReceived = Metric(
        "bridge.self-received", .scalar, .count, [.instance], "how many events were delivered to their publisher")
    /// `bridge.miscounted`: at how many instances the bridge counted other losses than there were. A number.
    public static let bridgeMiscounted = Metric(
        "bridge.miscounted", .scalar, .count, [.instance],
        "at how many instances the bridge counted other losses than there were")
    /// `bridge.errors`: how many events could not be published, and how many messages were none of the bridge's. A
    /// number.
    public static let bridgeErrors = Metric(
        "bridge.errors", .scalar, .count, [.instance],
        "how many events could not be published, and how many messages were none of the bridge's")
    /// `bridge.disconnected`: the longest time for which an instance was without its subscription. In nanoseconds.
    public static let bridgeDisconnected = Metric(
        "bridge.disconnected", .scalar, .nanoseconds, [.instance],
        "the longest time for which an instance was without its subscription")
    /// `bridge.latency`: from the moment that was planned for an event to its delivery. In nanoseconds.
    public static let bridgeLatency = Metric(
        "bridge.latency", .sampled, .nanoseconds, [.instance],
        "from the moment that was planned for an event to its delivery")

    /// What a run of an event bridge can measure.
    public static let ofBridge: [Metric] = [
        bridgePublished, bridgeReceived, bridgeDelivery, bridgeLost, bridgeDuplicates, bridgeSelfReceived,
        bridgeMiscounted, bridgeErrors, bridgeDisconnected, bridgeLatency,
    ]

    /// What no slowness excuses: a target of these that is missed is a violation.
    public static let neverOfBridge: [Metric] = [
        bridgeLost, bridgeDuplicates, bridgeSelfReceived, bridgeMiscounted, bridgeErrors,
    ]
}

extension BridgeScenario: MetricProducer {
    static var metrics: [Metric] { Metric.ofBridge }

    func produces(_ metric: Metric) -> Bool { Metric.ofBridge.contains(metric) }

    /// Who publishes is counted from 1, as everywhere in files.
    func values(of label: Metric.Label, for metric: Metric) -> [String] {
        guard produces(metric), metric.labels.contains(label) else { return [] }
        let numbers: [Int] =
            switch metric {
            case .bridgePublished: bridge.publishers
            case .bridgeErrors: Array(0..<bridge.instances)
            default: bridge.subscribers
            }
        return numbers.map { "\($0 + 1)" }
    }
}

import EventBridge
public import Scenarios

/// The plan of a trial: the declared bridge, the defect, and the time of each event.
public struct TrialPlan: Sendable, Hashable, Codable {
    /// A deliberate bug of an instance that is restarted, for tests that a trial finds it.
    public enum Defect: String, Sendable, Hashable, CaseIterable, Codable {
        /// The instance forgets its position: it continues with the events published from then on.
        case forgottenPosition = "forgotten-position"
        /// The instance forgets which events it received before.
        case forgottenDeliveries = "forgotten-deliveries"
    }

    /// The declared bridge.
    public var bridge: BridgeDeclaration
    /// The deliberate bug, or `nil`.
    public var defect: Defect?

    /// Creates a plan.
    public init(_ bridge: BridgeDeclaration, defect: Defect? = nil) {
        self.bridge = bridge
        self.defect = defect
    }

    /// The time for which instances publish, in seconds.
    public var seconds: Double { bridge.duration / .seconds(1) }

    var transport: BridgeTransport {
        switch bridge.transport {
        case .pubSub: .pubSub
        case .streams: .streams
        case .tracking: .tracking
        }
    }

    /// Whether an instance publishes.
    func publishes(_ instance: Int) -> Bool { bridge.publishers.contains(instance) }

    /// Whether an instance subscribes.
    func subscribes(_ instance: Int) -> Bool { bridge.subscribers.contains(instance) }

    /// The instance that the fault affects, if there is one.
    var victim: Int? { bridge.fault?.hitsLastInstance == true ? bridge.instances - 1 : nil }

    /// Whether an instance is the slow subscriber.
    func isSlow(_ instance: Int) -> Bool { bridge.fault == .slowSubscriber && instance == victim }

    /// Whether an instance is killed and restarted.
    func isRestarted(_ instance: Int) -> Bool { bridge.fault == .restartSubscriber && instance == victim }

    /// The number of events of an instance. The publishers take turns.
    func events(of instance: Int) -> Int {
        guard let turn = bridge.publishers.firstIndex(of: instance) else { return 0 }
        let publishers = bridge.publishers.count
        return (bridge.events - turn + publishers - 1) / publishers
    }

    /// The planned time of an event, numbered from 0, in nanoseconds after the start.
    func moment(of event: Int, instance: Int) -> Int64 {
        let turn = bridge.publishers.firstIndex(of: instance) ?? 0
        return Int64(Double(event * bridge.publishers.count + turn) * 1e9 / Double(bridge.rate))
    }
}

import EventBridge
public import Scenarios

/// What a trial of the event bridge does: what is declared, and when each event is published.
public struct TrialPlan: Sendable, Hashable, Codable {
    /// A deliberate mistake of an instance that is started again, to see that it is caught.
    public enum Defect: String, Sendable, Hashable, CaseIterable, Codable {
        /// It goes on with what is published from then on.
        case forgottenPosition = "forgotten-position"
        /// It does not know what it was given before.
        case forgottenDeliveries = "forgotten-deliveries"
    }

    public var bridge: BridgeDeclaration
    public var defect: Defect?

    public init(_ bridge: BridgeDeclaration, defect: Defect? = nil) {
        self.bridge = bridge
        self.defect = defect
    }

    /// For how long they publish, in seconds.
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

    /// The instance that a fault is done to, if there is one.
    var victim: Int? { bridge.fault?.hitsLastInstance == true ? bridge.instances - 1 : nil }

    /// Whether an instance is the slow subscriber.
    func isSlow(_ instance: Int) -> Bool { bridge.fault == .slowSubscriber && instance == victim }

    /// Whether an instance is killed and started again.
    func isRestarted(_ instance: Int) -> Bool { bridge.fault == .restartSubscriber && instance == victim }

    /// How many events an instance publishes: of all events each publisher has its turn.
    func events(of instance: Int) -> Int {
        guard let turn = bridge.publishers.firstIndex(of: instance) else { return 0 }
        let publishers = bridge.publishers.count
        return (bridge.events - turn + publishers - 1) / publishers
    }

    /// When an instance publishes its event of a number from 0, in nanoseconds after the start.
    func moment(of event: Int, instance: Int) -> Int64 {
        let turn = bridge.publishers.firstIndex(of: instance) ?? 0
        return Int64(Double(event * bridge.publishers.count + turn) * 1e9 / Double(bridge.rate))
    }
}

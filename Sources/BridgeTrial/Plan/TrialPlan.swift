import EventBridge

/// What a trial of the event bridge does.
public struct TrialPlan: Sendable, Hashable, Codable {
    /// Something to go wrong in the middle of the trial; only with a server of the trial's own.
    public enum Fault: String, Sendable, Hashable, CaseIterable, Codable {
        /// The server is killed and started again, halfway. With streams it writes every change to its file first.
        case restartRedis = "restart-redis"
        /// The subscribers' connections are cut by the server, three times.
        case killSubscribers = "kill-subscribers"
        /// The last instance takes four times as long for an event as there is, and only subscribes. The server has
        /// little patience with subscribers to channels: 256 KiB of unread messages.
        case slowSubscriber = "slow-subscriber"
    }

    /// How many processes there are.
    public var instances: Int
    /// How many of them publish, the first ones; all of them subscribe.
    public var publishers: Int
    /// For how long they publish, in seconds.
    public var seconds: Double
    /// Events in a second, of all publishers together, at equal distances and whether or not the server keeps up.
    public var rate: Int
    /// The size of an event's payload in bytes.
    public var payload: Int
    public var transport: BridgeTransport
    public var fault: Fault?

    /// A plan from its parts.
    public init(
        instances: Int, publishers: Int, seconds: Double, rate: Int, payload: Int, transport: BridgeTransport,
        fault: Fault?
    ) {
        self.instances = instances
        self.publishers = publishers
        self.seconds = seconds
        self.rate = rate
        self.payload = payload
        self.transport = transport
        self.fault = fault
    }

    /// Whether an instance publishes.
    public func publishes(_ instance: Int) -> Bool {
        instance < publishers && !isSlow(instance)
    }

    /// Whether an instance is the slow subscriber.
    func isSlow(_ instance: Int) -> Bool {
        fault == .slowSubscriber && instance == instances - 1
    }

    /// How many events an instance publishes: of all events each publisher has its turn.
    func events(of instance: Int) -> Int {
        guard publishes(instance) else { return 0 }
        let publishers = activePublishers
        let total = Int((Double(rate) * seconds).rounded())
        return (total - instance + publishers - 1) / publishers
    }

    /// When an instance publishes its event of a number from 0, in nanoseconds after the start.
    func moment(of event: Int, instance: Int) -> Int64 {
        Int64(Double(event * activePublishers + instance) * 1e9 / Double(rate))
    }

    private var activePublishers: Int { (0..<instances).count { publishes($0) } }
}

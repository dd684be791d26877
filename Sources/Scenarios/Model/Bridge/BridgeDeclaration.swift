/// The instances of an event bridge, what they publish to each other, and what goes wrong meanwhile.
public struct BridgeDeclaration: Sendable, Hashable, Codable {
    /// How events travel.
    public enum Transport: String, Sendable, Hashable, CaseIterable, Codable {
        /// Channels of Redis: a message reaches the subscribers that are connected.
        case pubSub = "pub-sub"
        /// A stream of Redis: a subscriber reads on from where it was.
        case streams
        /// Invalidation messages of client-side caching.
        case tracking
    }

    /// Something to go wrong while events are published.
    public enum Fault: String, Sendable, Hashable, CaseIterable, Codable {
        /// The server is killed and started again, halfway. With streams it writes every change to its file first.
        case restartRedis = "restart-redis"
        /// The subscribers' connections are cut by the server, three times.
        case killSubscribers = "kill-subscribers"
        /// The last instance takes four times as long for an event as there is. The server has little patience with
        /// subscribers to channels: 256 KiB of unread messages.
        case slowSubscriber = "slow-subscriber"
        /// The process of the last instance is killed halfway, and started again with what it had kept.
        case restartSubscriber = "restart-subscriber"

        /// Whether it is done to the last instance, which then only subscribes.
        public var hitsLastInstance: Bool { self == .slowSubscriber || self == .restartSubscriber }

        /// Whether it needs a server of its own.
        public var needsOwnServer: Bool { self != .restartSubscriber }
    }

    /// How many processes there may be.
    public static let possibleInstances = 2...500
    /// How many events there may be in a second.
    public static let possibleRates = 1...1_000_000
    /// How large a payload may be, in bytes.
    public static let possiblePayloads = 0...1_048_576
    /// How long they may publish at most.
    public static let longestDuration = Duration.seconds(86_400)

    /// How many processes there are.
    public var instances: Int
    /// Those that publish, counted from 0, ascending.
    public var publishers: [Int]
    /// Those that subscribe, counted from 0, ascending.
    public var subscribers: [Int]
    /// For how long they publish.
    public var duration: Duration
    /// Events in a second, of all publishers together, at equal distances and whether or not the server keeps up.
    public var rate: Int
    /// The size of an event's payload in bytes.
    public var payload: Int
    /// How events travel.
    public var transport: Transport
    /// What goes wrong while events are published; `nil` for nothing.
    public var fault: Fault?

    /// - Parameters:
    ///   - publishers: counted from 0; without it all, but for one that a fault leaves only subscribing.
    ///   - subscribers: counted from 0; without it all.
    public init(
        instances: Int, publishers: [Int]? = nil, subscribers: [Int]? = nil, duration: Duration = .seconds(30),
        rate: Int = 1000, payload: Int = 64, transport: Transport = .pubSub, fault: Fault? = nil
    ) {
        self.instances = instances
        self.publishers =
            publishers ?? (0..<instances).filter { $0 < instances - 1 || fault?.hitsLastInstance != true }
        self.subscribers = subscribers ?? Array(0..<instances)
        self.duration = duration
        self.rate = rate
        self.payload = payload
        self.transport = transport
        self.fault = fault
    }

    /// How many events there are to be, of all publishers.
    public var events: Int { Int((Double(rate) * (duration / .seconds(1))).rounded()) }
}

extension BridgeDeclaration {
    /// In a few words: `streams, 5 processes of which 1 publish and 5 subscribe, 1000 events/s for 30 s,
    /// restart-redis`.
    public var summary: String {
        let parts =
            publishers.count == instances && subscribers.count == instances
            ? "" : " of which \(publishers.count) publish and \(subscribers.count) subscribe"
        let time = Quantity(duration / .nanoseconds(1), .nanoseconds)
        return "\(transport.rawValue), \(instances) processes\(parts), \(rate) events/s for \(time)"
            + (fault.map { ", \($0.rawValue)" } ?? "")
    }
}

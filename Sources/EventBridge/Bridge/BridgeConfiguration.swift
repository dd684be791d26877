import RedisClient

/// How events travel.
public enum BridgeTransport: String, Sendable, Hashable, CaseIterable, Codable {
    /// `PUBLISH` and `SUBSCRIBE`. Fastest; the server forgets an event as soon as it has written it to those who are
    /// there.
    case pubSub = "pub-sub"
    /// A stream that every subscriber reads from its own position. Nothing is lost while a subscriber is away, as far
    /// back as the stream reaches.
    case streams
    /// Invalidations that the server pushes for written keys (client-side caching, broadcast mode). Loses what pub/sub
    /// loses.
    case tracking
}

/// What one instance of a bridge is, and how it is connected.
public struct BridgeConfiguration: Sendable {
    /// The instance's name, 1 to 255 bytes, different from every other instance's: own events are known by it.
    public var instance: String
    /// The bridge's name in Redis: its channel, or its stream. With tracking its keys begin with `coherence:`, the length of
    /// the name, and the name.
    public var name: String
    /// How events travel. All instances of a bridge must agree.
    public var transport: BridgeTransport
    /// Whether this instance may publish. Default: yes.
    public var publishes: Bool
    /// Whether this instance subscribes. Default: yes.
    public var subscribes: Bool
    /// The server.
    public var redis: RedisConfiguration
    /// With streams: where to go on, as ``EventBridge/position`` said before; `nil` begins with what is published from
    /// now on.
    public var position: StreamPosition?
    /// What an earlier life of this instance was given, as ``EventBridge/delivered`` said: none of it is delivered again.
    /// Default: nothing.
    public var delivered: [DeliveredEvents]
    /// With streams: about how many entries are kept (`MAXLEN ~`). Default: 1,000,000.
    public var streamLength: Int
    /// With streams: the stream disappears when nothing has been added for so long, marks included; it is given that time to
    /// live in the step that makes it. For guests on somebody else's server. Default: `nil`, it stays.
    public var dataLifetime: Duration?
    /// How many events may wait for the server before ``EventBridge/publish(_:time:)`` refuses more. Default: 100,000.
    public var outboxLimit: Int
    /// How often a publisher says how far it has come, so that the loss of its last events is noticed. Default: 1 s.
    public var markInterval: Duration

    /// A configuration with every default, or with those that are given replaced.
    public init(
        instance: String,
        name: String,
        transport: BridgeTransport = .pubSub,
        publishes: Bool = true,
        subscribes: Bool = true,
        redis: RedisConfiguration,
        position: StreamPosition? = nil,
        delivered: [DeliveredEvents] = [],
        streamLength: Int = 1_000_000,
        dataLifetime: Duration? = nil,
        outboxLimit: Int = 100_000,
        markInterval: Duration = .seconds(1)
    ) {
        self.instance = instance
        self.name = name
        self.transport = transport
        self.publishes = publishes
        self.subscribes = subscribes
        self.redis = redis
        self.position = position
        self.delivered = delivered
        self.streamLength = streamLength
        self.dataLifetime = dataLifetime
        self.outboxLimit = outboxLimit
        self.markInterval = markInterval
    }
}

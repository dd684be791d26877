import RedisClient

/// How a bridge transmits events.
public enum BridgeTransport: String, Sendable, Hashable, CaseIterable, Codable {
    /// `PUBLISH` and `SUBSCRIBE`. The fastest transport. The server keeps no events for subscribers without a
    /// connection.
    case pubSub = "pub-sub"
    /// A stream that each subscriber reads from its own position. A subscriber without a connection loses nothing
    /// that is still in the stream.
    case streams
    /// Invalidations that the server pushes for written keys (client-side caching, broadcast mode). It loses the same
    /// events as `pubSub`.
    case tracking
}

/// The configuration of one instance of a bridge.
public struct BridgeConfiguration: Sendable {
    /// The name of the instance, 1 to 255 bytes. Each instance needs another name, because it recognises its own
    /// events by it.
    public var instance: String
    /// The name of the bridge in Redis: its channel or its stream. With tracking its keys begin with `coherence:`,
    /// the length of the name, and the name.
    public var name: String
    /// The transport of the events. All instances of a bridge need the same one.
    public var transport: BridgeTransport
    /// Whether this instance may publish. Default: true.
    public var publishes: Bool
    /// Whether this instance subscribes. Default: true.
    public var subscribes: Bool
    /// The server and its time limits.
    public var redis: RedisConfiguration
    /// For streams: the position after which to read, an earlier value of ``EventBridge/position``. `nil` begins with
    /// the events published from now on. Default: `nil`.
    public var position: StreamPosition?
    /// The events that an earlier run of this instance received, an earlier value of ``EventBridge/delivered``. The
    /// bridge does not deliver them again. Default: none.
    public var delivered: [DeliveredEvents]
    /// For streams: the approximate maximum number of entries (`MAXLEN ~`). Default: 1,000,000.
    public var streamLength: Int
    /// For streams: the time after the last event or mark at which the server removes the stream. The command that
    /// creates the stream also sets this time. For guests on a server of others. Default: `nil`, the stream stays.
    public var dataLifetime: Duration?
    /// The maximum number of events that wait for the server. Above it ``EventBridge/publish(_:time:)`` refuses
    /// events. Default: 100,000.
    public var outboxLimit: Int
    /// The interval of marks. A mark tells subscribers the last number of a publisher, so that they notice the loss
    /// of its last events. Default: 1 s.
    public var markInterval: Duration

    /// Creates a configuration; each parameter is described at its property.
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

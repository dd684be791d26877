import CacheHierarchy
public import History
public import RedisClient

/// Everything that decides which cache a service gets, and how large and how patient it is.
///
/// ``load(arguments:environment:file:)`` takes it from where a service is configured; tests make it by hand.
public struct ProviderSettings: Sendable, Hashable {
    /// Which cache. Default ``History/ProviderKind/none``: a cache is something that one asks for.
    public var kind: ProviderKind
    /// The file with the records, shared by all workers.
    public var storagePath: String
    /// The server, for the kinds that use one.
    public var redis: RedisConfiguration?
    /// The most entries in the memory of a process, and of each of its workers. Default 10,000.
    public var memorySize: Int
    /// How long memory keeps an entry. Default 60 s.
    public var memoryLifetime: Duration
    /// How long Redis keeps an entry; memory keeps nothing for longer than it. Default one hour.
    public var redisLifetime: Duration
    /// How often a worker asks the storage what the others have changed. Default 10 ms.
    ///
    /// This is the bound of what may be old: see `Documentation/Providers.md`.
    public var pollInterval: Duration

    /// How long Redis may take to answer if nothing else is set: enough for a busy server, and little for a reader
    /// who can go to the storage instead.
    public static let defaultRedisPatience: Duration = .milliseconds(250)

    public init(
        _ kind: ProviderKind = .none, storagePath: String, redis: RedisConfiguration? = nil, memorySize: Int = 10_000,
        memoryLifetime: Duration = .seconds(60), redisLifetime: Duration = .seconds(3_600),
        pollInterval: Duration = .milliseconds(10)
    ) {
        self.kind = kind
        self.storagePath = storagePath
        self.redis = redis
        self.memorySize = memorySize
        self.memoryLifetime = memoryLifetime
        self.redisLifetime = redisLifetime
        self.pollInterval = pollInterval
    }

    /// The hierarchy that the provider is: its layers, each as large and as long-lived as set here.
    ///
    /// Writes are announced, not acknowledged: nobody knows who else has the storage's file open.
    var hierarchy: HierarchyConfiguration {
        HierarchyConfiguration(
            layers: kind.layers.map { layer in
                .init(
                    layer, capacity: memorySize,
                    lifetime: Int64((layer == .redis ? redisLifetime : memoryLifetime) / .nanoseconds(1)))
            },
            propagation: .announced)
    }
}

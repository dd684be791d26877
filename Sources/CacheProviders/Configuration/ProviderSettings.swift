import CacheHierarchy
public import History
public import RedisClient

/// The settings of a service's cache: its kind, its sizes and its time limits.
///
/// ``load(arguments:environment:file:)`` reads them from the configuration of the service. Tests create them
/// directly.
public struct ProviderSettings: Sendable, Hashable {
    /// The kind of the cache. Default: ``History/ProviderKind/none``, because a service must choose a cache.
    public var kind: ProviderKind
    /// The file with the records. All workers share it.
    public var storagePath: String
    /// The server, for the kinds with Redis. Default: `nil`.
    public var redis: RedisConfiguration?
    /// The maximum number of entries in the memory of a process, and in that of each worker. Default: 10,000.
    public var memorySize: Int
    /// The time for which memory keeps an entry. Default: 60 s.
    public var memoryLifetime: Duration
    /// The time for which Redis keeps an entry, and the maximum for memory. Default: one hour.
    public var redisLifetime: Duration
    /// The interval at which a worker reads the changes of other workers from the storage. Default: 10 ms.
    ///
    /// It bounds how old a value can be: see `Documentation/Providers.md`.
    public var pollInterval: Duration

    /// The time limit of Redis commands by default. It suffices for a busy server, and is short for a reader that can
    /// use the storage instead.
    public static let defaultRedisTimeout: Duration = .milliseconds(250)

    /// Creates settings; each parameter is described at its property.
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

    /// The configuration of the hierarchy: its layers with their sizes and lifetimes.
    ///
    /// Writes are announced and not acknowledged, because no instance knows which other processes have the storage
    /// open.
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

/// The errors in the settings of a provider. It contains all of them.
public struct ProviderSettingsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One invalid setting.
    public struct Mistake: Sendable, Hashable, CustomStringConvertible {
        /// The name of the setting as in its source: `REDIS_URL`, `--redis-url`, `redis-url`.
        public var variable: String
        /// The value in the source. Never a password.
        public var found: String
        /// The values that are allowed.
        public var expected: String
        /// The word that was probably intended, or `nil`.
        public var suggestion: String?

        /// Name, value, expectation and suggestion in one line.
        public var description: String {
            "\(variable): found \(found); expected \(expected)" + (suggestion.map { "; did you mean \($0)?" } ?? "")
        }
    }

    /// The errors in the order of the settings. Never empty.
    public var mistakes: [Mistake]

    /// One line for each error.
    public var description: String { mistakes.map(\.description).joined(separator: "\n") }
}

public import CacheHierarchy
import Foundation
public import History
import RedisClient

/// A provider with the cache hierarchy and the layers of its kind. ``History/ProviderKind/none`` has no layers, only
/// the storage.
public final class HierarchyProvider: CacheProvider {
    /// The kind of the cache.
    public let kind: ProviderKind
    /// The state of the provider and its changes.
    public let health: ProviderHealth
    /// The instance of the hierarchy.
    public let instance: CacheInstance
    /// The Redis manager of the process for this server.
    private let manager: RedisManager?

    /// Whether Redis answers, if the kind uses it.
    public var state: ProviderState { health.current }

    private init(kind: ProviderKind, health: ProviderHealth, instance: CacheInstance, manager: RedisManager?) {
        self.kind = kind
        self.health = health
        self.instance = instance
        self.manager = manager
    }

    /// Opens the storage and starts the cache. If Redis does not answer, the provider starts degraded.
    ///
    /// - Parameters:
    ///   - settings: the settings of the cache.
    ///   - health: the receiver of log and metrics. Default: those of the process.
    /// - Throws: SQLite's error if the storage cannot be opened; `RedisError` if the process has a manager with
    ///   another configuration for the server.
    public static func start(
        _ settings: ProviderSettings, health: ProviderHealth? = nil
    ) async throws -> HierarchyProvider {
        try await start(settings, health: health) { $0 }
    }

    /// - Parameter wrap: wraps the origin, for tests.
    package static func start(
        _ settings: ProviderSettings, health: ProviderHealth? = nil, wrap: @Sendable (any Origin) -> any Origin
    ) async throws -> HierarchyProvider {
        let origin = wrap(try SQLiteOrigin(path: settings.storagePath))
        let health = health ?? ProviderHealth(settings.kind)
        let manager = settings.kind.usesRedis ? try settings.redis.map { try RedisManager.shared($0) } : nil
        let tier = try StorageTier(
            path: settings.storagePath, manager: manager, health: health, pollInterval: settings.pollInterval)
        let instance = try await CacheInstance.start(
            id: "worker-\(ProcessInfo.processInfo.processIdentifier)-\(UInt64.random(in: 0...UInt64.max))",
            configuration: settings.hierarchy, origin: origin, shared: tier)
        return HierarchyProvider(kind: settings.kind, health: health, instance: instance, manager: manager)
    }

    /// Creates the access of one worker, with its own memory.
    public func makeSession() -> any CacheSession { instance.makeWorker() }

    /// Closes the instance. The Redis manager stays open, because other code in the process may use it.
    public func close() async {
        await instance.stop()
        health.close()
    }
}

public import CacheHierarchy
import Foundation
public import History
import RedisClient

/// A provider that is the cache hierarchy, with the layers that its kind has: none at all for
/// ``History/ProviderKind/none``, of which only the way to the storage is left.
public final class HierarchyProvider: CacheProvider {
    public let kind: ProviderKind
    /// Tells the state, and every change of it.
    public let health: ProviderHealth
    /// The copy of the hierarchy that this is.
    public let instance: CacheInstance
    /// This process's way to Redis, shared with whoever else asks for that server.
    private let manager: RedisManager?

    public var state: ProviderState { health.current }

    private init(kind: ProviderKind, health: ProviderHealth, instance: CacheInstance, manager: RedisManager?) {
        self.kind = kind
        self.health = health
        self.instance = instance
        self.manager = manager
    }

    /// Opens the storage and starts the cache. A Redis that is not there is no reason to fail: the provider is
    /// degraded then.
    /// - Parameter health: where log and metrics go, if not to those of the process.
    /// - Throws: SQLite's error if the storage cannot be opened; `RedisError` if the process has a manager with another
    ///   configuration for that server.
    public static func start(
        _ settings: ProviderSettings, health: ProviderHealth? = nil
    ) async throws -> HierarchyProvider {
        try await start(settings, health: health) { $0 }
    }

    /// - Parameter wrap: puts something around the storage, as a test may.
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

    public func makeSession() -> any CacheSession { instance.makeWorker() }

    /// Leaves the way to Redis open: others in the process may use it.
    public func close() async {
        await instance.stop()
        health.close()
    }
}

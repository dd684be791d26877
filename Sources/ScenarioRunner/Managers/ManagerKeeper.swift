import CacheHierarchy
import CacheProviders
import Processes
import RedisClient
import Scenarios
import Support

/// Keeps the one manager of this process for the clusters that share it, one or several at a time, until the last of
/// them is gone.
final class ManagerKeeper: Sendable {
    /// Before the names of the manager's connections, and of all that share it.
    let application: String
    private let opened = Lock<[ManagedRedis]>([])

    init(application: String) { self.application = application }

    /// The manager, for one more cluster.
    /// - Throws: `RedisError` if the process has another one to that server.
    func open(
        _ declaration: ManagerDeclaration, for scenario: Scenario, server: RedisServer, defects: Set<Defect>
    ) async throws -> ManagedRedis {
        let redis = try await ManagedRedis(
            declaration, server: Self.configuration(for: scenario, server: server), application: application,
            defects: defects)
        opened.withLock { $0.append(redis) }
        return redis
    }

    private static func configuration(for scenario: Scenario, server: RedisServer) -> RedisConfiguration {
        if scenario.cluster.provider != nil {
            return server.configuration.patient(for: ProviderSettings.defaultRedisTimeout)
        }
        // Who expects nothing to go wrong has the patience that is usual.
        return scenario.faults.isEmpty
            ? server.configuration : server.configuration.patient(for: scenario.cluster.lease)
    }

    /// Closes it.
    func close() async {
        for redis in opened.withLock({ $0 }) { await redis.close() }
    }
}

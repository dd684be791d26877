import CacheProviders
import History
import Logging
import Processes
import RedisClient

extension LiveWorld {
    /// The way of a cluster's providers to the server; `nil` for those that need none.
    /// - Throws: `RedisError` if the process has another one to that server.
    static func providerManager(_ kind: ProviderKind, server: RedisServer, prefix: String) throws -> RedisManager? {
        guard kind.usesRedis else { return nil }
        var configuration = server.configuration
        configuration.clientName = "\(prefix).cache"
        // As the settings of a provider have it when they say nothing.
        configuration.connectTimeout = ProviderSettings.defaultRedisTimeout
        configuration.commandTimeout = ProviderSettings.defaultRedisTimeout
        return try RedisManager.shared(configuration)
    }

    /// A run tells of its faults itself.
    static var providerLogger: Logger { Logger(label: "cache-provider") { _ in SwiftLogNoOpLogHandler() } }
}

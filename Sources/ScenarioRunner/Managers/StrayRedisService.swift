import CacheHierarchy
import RedisClient
import Support

/// A deliberate bug: commands that take another way than the process's one manager.
final class StrayRedisService: RedisService {
    private let base: ManagedRedisService
    private let manager: RedisManager
    /// Somebody's own; `nil` if it is the other bug.
    private let ownPool: RedisPool?
    private let leaked = Lock<[RedisConnection]>([])

    /// - Returns: `nil` if the cache has no such bug.
    init?(_ base: ManagedRedisService, manager: RedisManager, defects: Set<Defect>) {
        guard !defects.isDisjoint(with: [.connectionPastManager, .leakedConnection]) else { return nil }
        self.base = base
        self.manager = manager
        guard defects.contains(.connectionPastManager) else {
            ownPool = nil
            return
        }
        var configuration = manager.configuration
        configuration.clientName = Self.name(of: configuration.clientName ?? "")
        ownPool = RedisPool(configuration)
    }

    /// As somebody would call it who knows of no manager.
    private static func name(of manager: String) -> String {
        (manager.firstRange(of: RedisManager.mark).map { String(manager[..<$0.lowerBound]) } ?? manager) + ".own"
    }

    /// More than the manager may have, and few enough for the server.
    private var mostLeaked: Int { manager.configuration.poolLimit + 10 }

    nonisolated(nonsending) func send(_ command: RedisCommand) async throws -> RedisValue {
        if let ownPool { return try await ownPool.send(command) }
        try await leakOne()
        return try await base.send(command)
    }

    nonisolated(nonsending) func run(
        _ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument]
    ) async throws -> RedisValue {
        if let ownPool { return try await ownPool.run(script, keys: keys, arguments: arguments) }
        try await leakOne()
        return try await base.run(script, keys: keys, arguments: arguments)
    }

    nonisolated(nonsending) func runTellingServer(
        _ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument]
    ) async throws -> RedisValue {
        if let ownPool { return try await ownPool.runTellingServer(script, keys: keys, arguments: arguments) }
        try await leakOne()
        return try await base.runTellingServer(script, keys: keys, arguments: arguments)
    }

    /// Opens one more connection, unless enough are open.
    private nonisolated(nonsending) func leakOne() async throws {
        guard leaked.withLock({ $0.count }) < mostLeaked else { return }
        let connection = try await RedisConnection.connect(manager.configuration)
        leaked.withLock { $0.append(connection) }
    }

    func subscribe(
        to channels: [String], name: String,
        onStateChange: @escaping @Sendable (RedisSubscriber.State) -> Void,
        onMessages: @escaping @Sendable ([RedisMessage]) -> Void
    ) async throws -> any RedisSubscription {
        try await base.subscribe(to: channels, name: name, onStateChange: onStateChange, onMessages: onMessages)
    }

    func follow(
        _ stream: String, name: String, onNotice: @escaping @Sendable (StreamNotice) -> Void,
        onEntries: @escaping @Sendable ([[UInt8]]) -> Void
    ) async throws -> any RedisSubscription {
        try await base.follow(stream, name: name, onNotice: onNotice, onEntries: onEntries)
    }

    func close() async {
        await ownPool?.close()
        for connection in leaked.withLock({ $0 }) { await connection.close() }
    }
}

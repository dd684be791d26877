public import RedisClient
import Support

/// A real server by way of the one manager of the process: commands through its pool and its circuit breaker, each
/// subscription on a connection of its own that belongs to the manager.
///
/// Any number of instances may have one each, on the same manager.
public final class ManagedRedisService: RedisService {
    private struct State {
        var isSevered = false
        var subscriptions: [any RedisSubscription] = []
    }

    private let manager: RedisManager
    private let state = Lock(State())

    /// - Parameter manager: it stays the caller's to close.
    public init(_ manager: RedisManager) { self.manager = manager }

    public nonisolated(nonsending) func send(_ command: RedisCommand) async throws -> RedisValue {
        try check()
        return try await manager.send(command)
    }

    public nonisolated(nonsending) func run(
        _ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument]
    ) async throws -> RedisValue {
        try check()
        return try await manager.run(script, keys: keys, arguments: arguments)
    }

    public nonisolated(nonsending) func runTellingServer(
        _ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument]
    ) async throws -> RedisValue {
        try check()
        return try await manager.runTellingServer(script, keys: keys, arguments: arguments)
    }

    public func subscribe(
        to channels: [String], name: String,
        onStateChange: @escaping @Sendable (RedisSubscriber.State) -> Void,
        onMessages: @escaping @Sendable ([RedisMessage]) -> Void
    ) async throws -> any RedisSubscription {
        try check()
        return await kept(
            try await RedisSubscriber.begin(
                manager.subscriberConfiguration(for: name), channels, onStateChange: onStateChange,
                onMessages: onMessages))
    }

    public func follow(
        _ stream: String, name: String, onNotice: @escaping @Sendable (StreamNotice) -> Void,
        onEntries: @escaping @Sendable ([[UInt8]]) -> Void
    ) async throws -> any RedisSubscription {
        try check()
        return await kept(
            try await StreamSubscriber.open(
                stream, redis: manager.subscriberConfiguration(for: name), onNotice: onNotice, onEntries: onEntries))
    }

    /// Notes a subscription, and ends it if its user is gone already.
    private func kept(_ subscription: any RedisSubscription) async -> any RedisSubscription {
        let isTooLate = state.withLock { state in
            state.subscriptions.append(subscription)
            return state.isSevered
        }
        if isTooLate { await subscription.close() }
        return subscription
    }

    /// Cuts it off for good, as the death of its user does: subscriptions end, and whatever is asked for afterwards
    /// fails without reaching the server. Others on the same manager do not notice.
    public func sever() async {
        let subscriptions = state.withLock { state in
            state.isSevered = true
            defer { state.subscriptions = [] }
            return state.subscriptions
        }
        for subscription in subscriptions { await subscription.close() }
    }

    private func check() throws(RedisError) {
        guard state.withLock({ $0.isSevered }) else { return }
        throw RedisError(.closed, "whoever sent this is gone", endpoint: manager.configuration.endpoint)
    }
}

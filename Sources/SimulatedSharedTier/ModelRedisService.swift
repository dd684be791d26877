import CacheHierarchy
import RedisClient
import SimulatedRedis
import Support

/// A Redis for a ``RedisSharedTier`` that exists only in memory: the same tier, the same scripts, the same messages,
/// and time is whatever the clock says.
///
/// Commands are executed at once, one at a time, and what they send is delivered before they return. Lags, losses and
/// crashes belong to whoever puts something in between.
public final class ModelRedisService: RedisService {
    private struct Subscriber {
        let onStateChange: @Sendable (RedisSubscriber.State) -> Void
        let onMessages: @Sendable ([RedisMessage]) -> Void
        let channels: [String]

        var command: RedisCommand { RedisCommand(parts: ["SUBSCRIBE"] + channels) }
    }

    private struct Follower {
        let stream: String
        /// The last entry that it was given.
        var last: String
        /// Whether the server has come back without what the follower was given last.
        var hasLost = false
        let onNotice: @Sendable (StreamNotice) -> Void
        let onEntries: @Sendable ([[UInt8]]) -> Void
    }

    private struct State {
        var model: RedisModel
        var subscribers: [ConnectionID: Subscriber] = [:]
        var followers: [ConnectionID: Follower] = [:]
        var lastConnection = ModelRedisService.commands
        var isAway = false

        mutating func connect(_ subscriber: Subscriber, name: String, at now: Int64) throws -> ConnectionID {
            if isAway { throw ModelRedisService.away }
            lastConnection = ConnectionID(lastConnection.number + 1)
            for command in [RedisCommand("CLIENT", "SETNAME", name), subscriber.command] {
                guard case .error(let line) = model.execute(command, by: lastConnection, at: now).reply else {
                    continue
                }
                model.disconnect(lastConnection)
                throw RedisError(.serverError, line)
            }
            subscribers[lastConnection] = subscriber
            return lastConnection
        }

        mutating func follow(_ follower: Follower) throws -> ConnectionID {
            if isAway { throw ModelRedisService.away }
            lastConnection = ConnectionID(lastConnection.number + 1)
            followers[lastConnection] = follower
            return lastConnection
        }

        /// What has been added to the streams since, for each who follows one.
        mutating func added(at now: Int64) -> [(Follower, [[UInt8]])] {
            followers.keys.sorted().compactMap { connection in
                guard let follower = followers[connection] else { return nil }
                let range = RedisCommand("XRANGE", follower.stream, "(\(follower.last)", "+")
                let entries = model.execute(range, by: ModelRedisService.commands, at: now).reply.elements ?? []
                guard let last = entries.last?.elements?.first?.string else { return nil }
                followers[connection]?.last = last
                return (follower, entries.map { $0.elements?.last?.elements?.last?.bytes ?? [] })
            }
        }
    }

    private static let beforeAll = "0-0"
    private static let away = RedisError(.connectFailed, "the server is away")

    /// The connection that all commands share, as those of a pool do.
    private static let commands = ConnectionID(1)
    private let state: Lock<State>
    /// Messages arrive in the order of the commands that sent them.
    private let delivery = Lock(())
    private let clock: any CacheClock

    /// - Parameters:
    ///   - model: the server to begin with; it must know ``CacheScripts``.
    ///   - clock: its `now` is taken for the server's time. A clock that begins at zero is a server in the year 1970.
    public init(
        _ model: RedisModel = RedisModel(RedisModel.Configuration(scripts: CacheScripts.all)), clock: any CacheClock
    ) {
        state = Lock(State(model: model))
        self.clock = clock
    }

    /// The server as it is now.
    public var model: RedisModel { state.withLock { $0.model } }

    // MARK: The service

    public nonisolated(nonsending) func send(_ command: RedisCommand) async throws -> RedisValue {
        let reply = try execute(command, by: Self.commands)
        if case .error(let line) = reply { throw RedisError(.serverError, line) }
        return reply
    }

    public nonisolated(nonsending) func run(
        _ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument]
    ) async throws -> RedisValue {
        let rest = [.integer(keys.count)] + keys + arguments
        do {
            return try await send(RedisCommand("EVALSHA", arguments: [.string(script.sha1)] + rest))
        } catch let error as RedisError where error.serverErrorPrefix == "NOSCRIPT" {
            return try await send(RedisCommand("EVAL", arguments: [.string(script.source)] + rest))
        }
    }

    public nonisolated(nonsending) func runTellingServer(
        _ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument]
    ) async throws -> RedisValue {
        let information = try await send(RedisCommand("INFO", "server")).string ?? ""
        let line = information.split(whereSeparator: \.isNewline).first { $0.hasPrefix("run_id:") }
        let server = String(line?.dropFirst("run_id:".count) ?? "")
        return try await run(script, keys: keys, arguments: [.string(server)] + arguments)
    }

    public func subscribe(
        to channels: [String], name: String,
        onStateChange: @escaping @Sendable (RedisSubscriber.State) -> Void,
        onMessages: @escaping @Sendable ([RedisMessage]) -> Void
    ) async throws -> any RedisSubscription {
        let now = clock.now()
        let subscriber = Subscriber(onStateChange: onStateChange, onMessages: onMessages, channels: channels)
        // With the right to deliver, so that no message overtakes the news of the connection.
        let connection = try delivery.withLock { _ in
            let connection = try state.withLock { state in try state.connect(subscriber, name: name, at: now) }
            onStateChange(.connected)
            return connection
        }
        return Subscription(service: self, connection: connection)
    }

    public func follow(
        _ stream: String, name: String, onNotice: @escaping @Sendable (StreamNotice) -> Void,
        onEntries: @escaping @Sendable ([[UInt8]]) -> Void
    ) async throws -> any RedisSubscription {
        let now = clock.now()
        let connection = try delivery.withLock { _ in
            try state.withLock { state in
                let all = RedisCommand("XRANGE", stream, "-", "+")
                let reply = state.model.execute(all, by: Self.commands, at: now).reply
                let last = reply.elements?.last?.elements?.first?.string ?? Self.beforeAll
                return try state.follow(
                    Follower(stream: stream, last: last, onNotice: onNotice, onEntries: onEntries))
            }
        }
        return Subscription(service: self, connection: connection)
    }

    private struct Subscription: RedisSubscription {
        let service: ModelRedisService
        let connection: ConnectionID
        func close() async { service.close(connection) }
    }

    private func close(_ connection: ConnectionID) {
        delivery.withLock { _ in
            state.withLock { state in
                state.subscribers[connection] = nil
                state.followers[connection] = nil
                state.model.disconnect(connection)
            }
        }
    }

    private func execute(_ command: RedisCommand, by connection: ConnectionID) throws -> RedisValue {
        let now = clock.now()
        return try delivery.withLock { _ in
            let (outcome, receivers, added) = try state.withLock { state in
                if state.isAway { throw Self.away }
                let outcome = state.model.execute(command, by: connection, at: now)
                let receivers = outcome.deliveries.map { state.subscribers[$0.receiver]?.onMessages }
                return (outcome, receivers, state.added(at: now))
            }
            for (delivery, receiver) in zip(outcome.deliveries, receivers) { receiver?([delivery.message]) }
            for (follower, entries) in added { follower.onEntries(entries) }
            return outcome.reply
        }
    }

    // MARK: Faults

    /// Ends the server: every connection is lost, and until ``start()`` no command is executed.
    /// - Parameter keepingData: whether the keys will be there again.
    public func crash(keepingData: Bool) {
        let loss = RedisError(.connectionLost, "the server is away")
        tellSubscribers(.disconnected(loss), .disconnected(loss)) { state in
            state.isAway = true
            state.model.restart(keepingData: keepingData)
            for connection in keepingData ? [] : Array(state.followers.keys) {
                state.followers[connection]?.hasLost = true
                state.followers[connection]?.last = Self.beforeAll
            }
        }
    }

    /// The server is there again, and every subscription with it.
    public func start() {
        let now = clock.now()
        tellSubscribers(.resubscribed, .resubscribed) { state in
            state.isAway = false
            for (connection, subscriber) in state.subscribers {
                _ = state.model.execute(subscriber.command, by: connection, at: now)
            }
        }
        delivery.withLock { _ in
            for (follower, entries) in state.withLock({ $0.added(at: now) }) { follower.onEntries(entries) }
        }
    }

    private func tellSubscribers(
        _ news: RedisSubscriber.State, _ notice: StreamNotice, _ change: (inout State) -> Void
    ) {
        delivery.withLock { _ in
            let (subscribers, followers) = state.withLock { state in
                change(&state)
                let followers = state.followers.sorted { $0.key < $1.key }.map(\.value)
                if !state.isAway {
                    for connection in state.followers.keys { state.followers[connection]?.hasLost = false }
                }
                return (state.subscribers.sorted { $0.key < $1.key }.map(\.value), followers)
            }
            for subscriber in subscribers { subscriber.onStateChange(news) }
            for follower in followers {
                if follower.hasLost, case .resubscribed = notice { follower.onNotice(.replaced) }
                follower.onNotice(notice)
            }
        }
    }
}

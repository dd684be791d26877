import RedisClient

/// The Redis that a ``RedisSharedTier`` uses: commands, scripts, subscriptions. Live it is ``LiveRedisService``;
/// another one may bring a server that exists only in memory.
public protocol RedisService: Sendable {
    /// Sends one command.
    /// - Returns: the reply, never an error.
    /// - Throws: `RedisError`; `serverError` for an error reply.
    nonisolated(nonsending) func send(_ command: RedisCommand) async throws -> RedisValue

    /// Runs a script, which the server may not know yet.
    /// - Throws: as ``send(_:)``.
    nonisolated(nonsending) func run(
        _ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument]
    ) async throws -> RedisValue

    /// Runs a script whose first argument is the name (`run_id`) of the very process that runs it; `arguments` are those after
    /// it.
    /// - Throws: as ``send(_:)``.
    nonisolated(nonsending) func runTellingServer(
        _ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument]
    ) async throws -> RedisValue

    /// Subscribes to channels, and returns once the server has confirmed all of them.
    ///
    /// The callbacks are called one at a time, in the order of events, and must not block. After a loss the
    /// subscription comes back by itself; what was published meanwhile is missed.
    /// - Parameters:
    ///   - name: what the connection is called on the server.
    ///   - onStateChange: told when the connection comes and goes.
    ///   - onMessages: given messages in the order in which the server sent them; never an empty array.
    /// - Throws: `RedisError` if the subscription cannot be begun; nothing is called after that.
    func subscribe(
        to channels: [String], name: String,
        onStateChange: @escaping @Sendable (RedisSubscriber.State) -> Void,
        onMessages: @escaping @Sendable ([RedisMessage]) -> Void
    ) async throws -> any RedisSubscription

    /// Reads a stream from its end on, and returns once it is known where that is: what is added after that arrives,
    /// also what is added while there is no connection, unless it is said to be lost.
    ///
    /// The callbacks are called one at a time, also in respect of those of
    /// ``subscribe(to:name:onStateChange:onMessages:)``, and must not block.
    /// - Parameters:
    ///   - name: what the connection is called on the server.
    ///   - onNotice: told of the connection and of what is lost, as by `StreamSubscriber`.
    ///   - onEntries: given the value of each entry, in order; never an empty array.
    /// - Throws: `RedisError` if the stream cannot be read; nothing is called after that.
    func follow(
        _ stream: String, name: String, onNotice: @escaping @Sendable (StreamNotice) -> Void,
        onEntries: @escaping @Sendable ([[UInt8]]) -> Void
    ) async throws -> any RedisSubscription
}

/// A subscription that lasts until it is closed.
public protocol RedisSubscription: Sendable {
    /// Ends it. No callback is called after this has returned.
    func close() async
}

extension RedisSubscriber: RedisSubscription {}
extension StreamSubscriber: RedisSubscription {}

/// A real server: commands through a pool, each subscription on a connection of its own.
public struct LiveRedisService: RedisService {
    private let pool: RedisPool
    private let server: RedisConfiguration

    /// - Parameters:
    ///   - pool: for commands; it stays the caller's to close.
    ///   - server: how each subscription connects.
    public init(pool: RedisPool, server: RedisConfiguration) {
        self.pool = pool
        self.server = server
    }

    public nonisolated(nonsending) func send(_ command: RedisCommand) async throws -> RedisValue {
        try await pool.send(command)
    }

    public nonisolated(nonsending) func run(
        _ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument]
    ) async throws -> RedisValue {
        try await pool.run(script, keys: keys, arguments: arguments)
    }

    public nonisolated(nonsending) func runTellingServer(
        _ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument]
    ) async throws -> RedisValue {
        try await pool.runTellingServer(script, keys: keys, arguments: arguments)
    }

    public func subscribe(
        to channels: [String], name: String,
        onStateChange: @escaping @Sendable (RedisSubscriber.State) -> Void,
        onMessages: @escaping @Sendable ([RedisMessage]) -> Void
    ) async throws -> any RedisSubscription {
        var configuration = server
        configuration.clientName = name
        return try await RedisSubscriber.begin(
            configuration, channels, onStateChange: onStateChange, onMessages: onMessages)
    }

    public func follow(
        _ stream: String, name: String, onNotice: @escaping @Sendable (StreamNotice) -> Void,
        onEntries: @escaping @Sendable ([[UInt8]]) -> Void
    ) async throws -> any RedisSubscription {
        var configuration = server
        configuration.clientName = name
        return try await StreamSubscriber.open(
            stream, redis: configuration, onNotice: onNotice, onEntries: onEntries)
    }
}

extension RedisSubscriber {
    /// A subscriber that is subscribed; nothing is left of it where that fails.
    static func begin(
        _ configuration: RedisConfiguration, _ channels: [String],
        onStateChange: @escaping @Sendable (RedisSubscriber.State) -> Void,
        onMessages: @escaping @Sendable ([RedisMessage]) -> Void
    ) async throws -> RedisSubscriber {
        let subscriber = RedisSubscriber(configuration, onStateChange: onStateChange, onMessages: onMessages)
        do {
            try await subscriber.subscribe(channels)
        } catch {
            await subscriber.close()
            throw error
        }
        return subscriber
    }
}

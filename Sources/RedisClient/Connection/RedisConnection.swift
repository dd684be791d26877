/// One connection to a server, shared by any number of tasks.
///
/// Commands sent by several tasks at once are pipelined by themselves: the first is written at once, all that come
/// while the server works on it go out in one write. Replies reach their callers in order; a caller that went away
/// (cancelled, out of time) does not disturb the others.
///
/// A connection does not come back once it is lost; a ``RedisPool`` opens new ones. One that is let go of without
/// ``close()`` is closed then.
public final class RedisConnection: Sendable {
    let channel: Channel
    /// A leased connection belongs to its pool.
    private let isOwner: Bool

    init(_ channel: Channel, isOwner: Bool = true) {
        self.channel = channel
        self.isOwner = isOwner
    }

    deinit {
        guard isOwner else { return }
        let channel = channel
        channel.loop.execute { channel.endForClosing() }
    }

    /// Opens a connection: resolves the host, connects, and sends `AUTH`, `CLIENT SETNAME` and `SELECT` as configured.
    /// - Throws: ``RedisError``: `connectFailed`, `connectTimedOut` (all of it counts against
    ///   ``RedisConfiguration/connectTimeout``), `authenticationFailed`, `serverError` for a database, a name or a right
    ///   that the server refuses, `protocolError` if no Redis answers there, `cancelled`.
    public static func connect(_ configuration: RedisConfiguration) async throws -> RedisConnection {
        let connector = Connector(configuration, loop: .shared)
        let cancelled = RedisError(
            .cancelled, "the task was cancelled while connecting", endpoint: configuration.endpoint)
        let channel = try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Channel, any Error>) in
                connector.start { continuation.resume(with: $0) }
                // A cancellation that came before the start.
                if Task.isCancelled { connector.cancel(cancelled) }
            }
        } onCancel: {
            connector.cancel(cancelled)
        }
        return RedisConnection(channel)
    }

    /// Whether commands are accepted. `false` for ever once the connection is lost or closed.
    public var isOpen: Bool { channel.isOpen }

    /// Sends one command and waits for its reply.
    ///
    /// A cancellation is noticed at once, except in the first four milliseconds of a command, at the end of which it
    /// is noticed at the latest.
    /// - Returns: the reply, never ``RedisValue/error(_:)``.
    /// - Throws: ``RedisError``: `serverError` for an error reply, `commandTimedOut`, `connectionLost`, `cancelled`,
    ///   `closed`; its ``RedisError/outcomeUnknown`` says whether the command may have run all the same.
    public nonisolated(nonsending) func send(_ command: RedisCommand) async throws -> RedisValue {
        try await channel.send(command, limit: channel.commandLimit)
    }

    /// Sends one command with a time limit of its own, such as a blocking command needs.
    /// - Parameter timeLimit: replaces ``RedisConfiguration/commandTimeout``; `nil` waits for ever.
    /// - Throws: as ``send(_:)``.
    public nonisolated(nonsending) func send(_ command: RedisCommand, timeLimit: Duration?) async throws -> RedisValue {
        try await channel.send(command, limit: timeLimit?.nanoseconds ?? MonotonicTime.never)
    }

    /// Sends many commands in one go; the cheapest way to send them.
    ///
    /// The commands run in order, with nothing else of this connection in between, but not as a transaction.
    /// - Returns: one reply for each command, in order; error replies are values here (``RedisValue/error(_:)``).
    /// - Throws: ``RedisError`` as ``send(_:)``, except `serverError`; the time limit is for the whole batch. If the
    ///   connection is lost no reply is returned, and any number of the commands may have run.
    public nonisolated(nonsending) func pipeline(_ commands: [RedisCommand]) async throws -> [RedisValue] {
        try await channel.pipeline(commands, limit: channel.commandLimit)
    }

    /// Runs a script by its SHA-1, and by its source where the server does not know it.
    /// - Throws: as ``send(_:)``; a script's own errors are `serverError`.
    public nonisolated(nonsending) func run(
        _ script: RedisScript, keys: [RedisArgument] = [], arguments: [RedisArgument] = []
    ) async throws -> RedisValue {
        try await script.run(keys: keys, arguments: arguments) { try await self.send($0) }
    }

    /// Closes the connection. Pending commands fail with ``RedisError/Code/closed``. Returns when the socket is closed;
    /// harmless when repeated.
    public func close() async {
        await channel.close()
    }
}

/// One connection to a server. Any number of tasks can share it.
///
/// The connection pipelines the commands of concurrent tasks: it writes the first at once, and all that arrive while
/// the server works together in one write. Replies reach their callers in order. A caller that is cancelled or out of
/// time does not disturb the others.
///
/// A lost connection does not reconnect. A ``RedisPool`` opens new ones. The deinitialiser closes a connection that
/// is still open.
public final class RedisConnection: Sendable {
    let channel: Channel
    /// False for a leased connection, which belongs to its pool.
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

    /// Opens a connection: resolves the host, connects, and sends `AUTH`, `CLIENT SETNAME` and `SELECT` as
    /// configured.
    ///
    /// - Throws: ``RedisError``: `connectFailed`; `connectTimedOut` if all of this exceeds
    ///   ``RedisConfiguration/connectTimeout``; `authenticationFailed`; `serverError` for a database, a name or a
    ///   right that the server refuses; `protocolError` if the address has no Redis server; `cancelled`.
    public static func connect(_ configuration: RedisConfiguration) async throws -> RedisConnection {
        let connector = Connector(configuration, loop: .shared)
        let cancelled = RedisError(
            .cancelled, "the task was cancelled while connecting", endpoint: configuration.endpoint)
        let channel = try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Channel, any Error>) in
                connector.start { continuation.resume(with: $0) }
                // The task may have been cancelled before the start.
                if Task.isCancelled { connector.cancel(cancelled) }
            }
        } onCancel: {
            connector.cancel(cancelled)
        }
        return RedisConnection(channel)
    }

    /// Whether the connection accepts commands. It stays `false` once the connection is lost or closed.
    public var isOpen: Bool { channel.isOpen }

    /// Sends one command and waits for its reply.
    ///
    /// A cancellation takes effect at once, but in the first four milliseconds of a command only at their end.
    ///
    /// - Returns: the reply. Never ``RedisValue/error(_:)``.
    /// - Throws: ``RedisError``: `serverError` for an error reply, `commandTimedOut`, `connectionLost`, `cancelled`,
    ///   `closed`. Its ``RedisError/outcomeUnknown`` says whether the command may have run.
    public nonisolated(nonsending) func send(_ command: RedisCommand) async throws -> RedisValue {
        try await channel.send(command, limit: channel.commandLimit)
    }

    /// Sends one command with its own time limit, for example a blocking command.
    ///
    /// - Parameters:
    ///   - command: the command.
    ///   - timeLimit: replaces ``RedisConfiguration/commandTimeout``. `nil` means no limit.
    /// - Throws: as ``send(_:)``.
    public nonisolated(nonsending) func send(_ command: RedisCommand, timeLimit: Duration?) async throws -> RedisValue {
        try await channel.send(command, limit: timeLimit?.nanoseconds ?? MonotonicTime.never)
    }

    /// Sends many commands together. This is the cheapest way to send them.
    ///
    /// The commands run in order, without other commands of this connection in between, but not as a transaction.
    ///
    /// - Returns: one reply for each command, in order. Error replies are values (``RedisValue/error(_:)``).
    /// - Throws: ``RedisError`` as ``send(_:)``, except `serverError`. The time limit applies to the whole batch. If
    ///   the connection is lost, no reply is returned, and any number of the commands may have run.
    public nonisolated(nonsending) func pipeline(_ commands: [RedisCommand]) async throws -> [RedisValue] {
        try await channel.pipeline(commands, limit: channel.commandLimit)
    }

    /// Runs a script by its SHA-1, or by its source if the server does not know it.
    ///
    /// - Throws: as ``send(_:)``. An error of the script is a `serverError`.
    public nonisolated(nonsending) func run(
        _ script: RedisScript, keys: [RedisArgument] = [], arguments: [RedisArgument] = []
    ) async throws -> RedisValue {
        try await script.run(keys: keys, arguments: arguments) { try await self.send($0) }
    }

    /// Closes the connection. Pending commands fail with ``RedisError/Code/closed``. Returns when the socket is
    /// closed. A second call has no effect.
    public func close() async {
        await channel.close()
    }
}

import Support
import Synchronization

/// Connections to one server, opened when first needed and opened again when lost.
///
/// ``send(_:)``, ``pipeline(_:)`` and ``run(_:keys:arguments:)`` share one connection, on which the commands of all
/// tasks are pipelined by themselves: several connections would not be faster. ``withConnection(isolation:_:)`` gives
/// a connection of one's own, for blocking commands and transactions. At no time are more than
/// ``RedisConfiguration/poolLimit`` connections open.
///
/// When the server goes away, everything pending fails at once, and the pool tries to reconnect in the background,
/// with growing and partly random delays, until it is closed. A command sent meanwhile waits for the outcome of one
/// attempt: it is sent if that succeeds and throws `connectFailed` if not. Nothing is ever sent twice.
///
/// A pool that is let go of without ``close()`` is closed then.
public final class RedisPool: Sendable {
    typealias Waiter = UnsafeContinuation<Channel, any Error>

    let configuration: RedisConfiguration
    let loop = RedisEventLoop.shared
    let state: Lock<PoolState<Channel, Waiter>>
    let commandLimit: UInt64
    private let identifiers = Atomic<UInt64>(0)
    // nonisolated(unsafe): both on the loop's thread only.
    private nonisolated(unsafe) var connectors: [ObjectIdentifier: Connector] = [:]
    private nonisolated(unsafe) var backoff: Backoff

    /// A pool for a server. Opens nothing yet and cannot fail.
    public init(_ configuration: RedisConfiguration) {
        self.configuration = configuration
        state = Lock(PoolState(limit: configuration.poolLimit))
        backoff = Backoff(configuration)
        commandLimit = configuration.commandTimeout?.nanoseconds ?? MonotonicTime.never
    }

    deinit {
        let connections = state.withLock { $0.close() }.connections
        let connectors = Array(connectors.values)
        loop.execute {
            for connector in connectors { connector.cancel(RedisError(.closed, "the pool is gone")) }
            for connection in connections { connection.endForClosing() }
        }
    }

    /// Connections open or being opened at this moment, the shared one included.
    public var connectionCount: Int { state.withLock { $0.connectionCount } }

    /// Sends one command on the shared connection and waits for its reply.
    /// - Returns: the reply, never ``RedisValue/error(_:)``.
    /// - Throws: ``RedisError``: as ``RedisConnection/send(_:)``, and `connectFailed`, `connectTimedOut` or
    ///   `authenticationFailed` when there is no connection and the current attempt fails.
    public nonisolated(nonsending) func send(_ command: RedisCommand) async throws -> RedisValue {
        // Spelt out rather than a function of its own: one asynchronous call less at every command.
        if let channel = state.withLock({ $0.openShared }) {
            return try await channel.send(command, limit: commandLimit)
        }
        return try await waitForSharedChannel().send(command, limit: commandLimit)
    }

    /// Sends a batch on the shared connection, as ``RedisConnection/pipeline(_:)`` does.
    /// - Throws: ``RedisError``, as ``send(_:)`` except `serverError`.
    public nonisolated(nonsending) func pipeline(_ commands: [RedisCommand]) async throws -> [RedisValue] {
        if let channel = state.withLock({ $0.openShared }) {
            return try await channel.pipeline(commands, limit: commandLimit)
        }
        return try await waitForSharedChannel().pipeline(commands, limit: commandLimit)
    }

    /// Runs a script on the shared connection by its SHA-1, and by its source where the server does not know it.
    /// - Throws: ``RedisError``, as ``send(_:)``; a script's own errors are `serverError`.
    public nonisolated(nonsending) func run(
        _ script: RedisScript, keys: [RedisArgument] = [], arguments: [RedisArgument] = []
    ) async throws -> RedisValue {
        try await script.run(keys: keys, arguments: arguments) { try await self.send($0) }
    }

    /// Runs a script whose first argument is the name of the server's process (its `run_id`).
    ///
    /// The name is asked for once a connection (`INFO server`), and the script goes out on that connection: so it is the name
    /// of the process that runs the script, whatever becomes of the server in between.
    /// - Parameter arguments: those after the name.
    /// - Throws: ``RedisError``, as ``run(_:keys:arguments:)``; `protocolError` if the server does not tell its name.
    public nonisolated(nonsending) func runTellingServer(
        _ script: RedisScript, keys: [RedisArgument] = [], arguments: [RedisArgument] = []
    ) async throws -> RedisValue {
        let channel: Channel =
            if let open = state.withLock({ $0.openShared }) { open } else { try await waitForSharedChannel() }
        let limit = commandLimit
        let server = try await channel.serverName(limit: limit)
        return try await script.run(keys: keys, arguments: [.string(server)] + arguments) {
            try await channel.send($0, limit: limit)
        }
    }

    /// Closes every connection, leased ones too, and stops reconnecting. Everything pending fails with
    /// ``RedisError/Code/closed``, and so does every later call. Returns when all sockets are closed; harmless when
    /// repeated.
    public func close() async {
        let error = RedisError(.closed, "the pool was closed", endpoint: configuration.endpoint)
        let remains = state.withLock { $0.close() }
        for waiter in remains.waiters { waiter.resume(throwing: error) }
        let connections = remains.connections
        await withCheckedContinuation { continuation in
            loop.execute {
                for connector in Array(self.connectors.values) { connector.cancel(error) }
                for connection in connections { connection.endForClosing() }
                continuation.resume()
            }
        }
    }

    // MARK: The shared connection

    private func waitForSharedChannel() async throws -> Channel {
        try await waiting { waiter, identifier in
            switch state.withLock({ $0.requestShared(waiter, identifier: identifier) }) {
            case .use(let channel): waiter.resume(returning: channel)
            case .open: loop.execute { self.openShared() }
            case .wait: break
            case .refuse: waiter.resume(throwing: closedError)
            }
        }
    }

    private func openShared() {
        open { pool, outcome in
            switch outcome {
            case .success(let channel):
                guard let waiters = pool.state.withLock({ $0.sharedOpened(channel) }) else {
                    return channel.endForClosing()
                }
                pool.backoff.reset()
                channel.onEnd = { [weak pool, unowned channel] _ in pool?.sharedEnded(channel) }
                for waiter in waiters { waiter.resume(returning: channel) }
            case .failure(let error):
                guard let waiters = pool.state.withLock({ $0.sharedFailed() }) else { return }
                for waiter in waiters { waiter.resume(throwing: error) }
                pool.openSharedLater()
            }
        }
    }

    private func sharedEnded(_ channel: Channel) {
        if state.withLock({ $0.sharedLost(channel) }) { openSharedLater() }
    }

    private func openSharedLater() {
        let delay = backoff.next(chance: .random(in: 0..<1))
        _ = loop.schedule(at: MonotonicTime.after(MonotonicTime.now(), delay)) { [weak self] in
            guard let self, state.withLock({ $0.sharedDelayOver() }) else { return }
            openShared()
        }
    }

    // MARK: For the extensions

    var closedError: RedisError { RedisError(.closed, "the pool was closed", endpoint: configuration.endpoint) }

    /// Opens a connection on the loop's thread. The pool is not kept alive by it.
    func open(_ completion: @escaping @Sendable (RedisPool, Result<Channel, RedisError>) -> Void) {
        let connector = Connector(configuration, loop: loop)
        let identity = ObjectIdentifier(connector)
        connectors[identity] = connector
        connector.start { [weak self] outcome in
            guard let self else {
                if case .success(let channel) = outcome { channel.endForClosing() }
                return
            }
            connectors[identity] = nil
            completion(self, outcome)
        }
    }

    /// Suspends with an identifier under which the waiter can be withdrawn, which a cancellation does.
    func waiting(_ body: (Waiter, UInt64) -> Void) async throws -> Channel {
        let identifier = identifiers.wrappingAdd(1, ordering: .relaxed).newValue
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { waiter in
                body(waiter, identifier)
                // A cancellation that came before there was anything to withdraw.
                if Task.isCancelled { withdraw(identifier, cancelledError) }
            }
        } onCancel: {
            withdraw(identifier, cancelledError)
        }
    }

    func withdraw(_ identifier: UInt64, _ error: RedisError) {
        state.withLock { $0.withdraw(identifier) }?.resume(throwing: error)
    }

    private var cancelledError: RedisError {
        RedisError(
            .cancelled, "the task was cancelled while waiting for a connection", endpoint: configuration.endpoint)
    }
}

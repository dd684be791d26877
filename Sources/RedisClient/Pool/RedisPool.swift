import Support
import Synchronization

/// The connections to one server. The pool opens each when it is first needed, and again when it is lost.
///
/// ``send(_:)``, ``pipeline(_:)`` and ``run(_:keys:arguments:)`` share one connection, which pipelines the commands
/// of all tasks. Several connections would not be faster. ``withConnection(isolation:_:)`` leases a connection for
/// blocking commands and transactions. The pool never has more than ``RedisConfiguration/poolLimit`` open
/// connections.
///
/// When the connection is lost, all pending commands fail at once. The pool tries to reconnect in the background
/// until it is closed, with growing and partly random delays. A command sent meanwhile waits for the outcome of one
/// attempt: it is sent after a success, and throws `connectFailed` after a failure. The pool sends no command twice.
///
/// The deinitialiser closes a pool that is still open.
public final class RedisPool: Sendable {
    typealias Waiter = UnsafeContinuation<Channel, any Error>

    let configuration: RedisConfiguration
    let loop = RedisEventLoop.shared
    let state: Lock<PoolState<Channel, Waiter>>
    let commandLimit: UInt64
    private let identifiers = Atomic<UInt64>(0)
    // nonisolated(unsafe): only the loop's thread uses both fields. The deinitialiser, which nothing can run beside,
    // also reads `connectors`.
    private nonisolated(unsafe) var connectors: [ObjectIdentifier: Connector] = [:]  // The loop's thread only.
    private nonisolated(unsafe) var backoff: Backoff  // The loop's thread only.

    /// Creates a pool for a server. It opens no connection yet and cannot fail.
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

    /// The number of open and opening connections at this moment, the shared one included.
    public var connectionCount: Int { state.withLock { $0.connectionCount } }

    /// Sends one command on the shared connection and waits for its reply.
    ///
    /// - Returns: the reply. Never ``RedisValue/error(_:)``.
    /// - Throws: ``RedisError``: as ``RedisConnection/send(_:)``. If there is no connection and the current attempt
    ///   fails, also `connectFailed`, `connectTimedOut` or `authenticationFailed`.
    public nonisolated(nonsending) func send(_ command: RedisCommand) async throws -> RedisValue {
        // The code is inline, because a function would cost each command one more asynchronous call.
        if let channel = state.withLock({ $0.openShared }) {
            return try await channel.send(command, limit: commandLimit)
        }
        return try await waitForSharedChannel().send(command, limit: commandLimit)
    }

    /// Sends a batch on the shared connection, as ``RedisConnection/pipeline(_:)`` does.
    ///
    /// - Returns: one reply for each command, in order. Error replies are values.
    /// - Throws: ``RedisError``, as ``send(_:)`` except `serverError`.
    public nonisolated(nonsending) func pipeline(_ commands: [RedisCommand]) async throws -> [RedisValue] {
        if let channel = state.withLock({ $0.openShared }) {
            return try await channel.pipeline(commands, limit: commandLimit)
        }
        return try await waitForSharedChannel().pipeline(commands, limit: commandLimit)
    }

    /// Runs a script on the shared connection by its SHA-1, or by its source if the server does not know it.
    ///
    /// - Throws: ``RedisError``, as ``send(_:)``. An error of the script is a `serverError`.
    public nonisolated(nonsending) func run(
        _ script: RedisScript, keys: [RedisArgument] = [], arguments: [RedisArgument] = []
    ) async throws -> RedisValue {
        try await script.run(keys: keys, arguments: arguments) { try await self.send($0) }
    }

    /// Runs a script whose first argument is the identifier of the server's process (its `run_id`).
    ///
    /// The pool asks once for each connection (`INFO server`), and sends the script on the same connection. The
    /// argument is therefore the identifier of the process that runs the script, even if the server restarts in
    /// between.
    ///
    /// - Parameters:
    ///   - script: the script.
    ///   - keys: its keys.
    ///   - arguments: the arguments after the identifier.
    /// - Throws: ``RedisError``, as ``run(_:keys:arguments:)``; `protocolError` if the server does not report its
    ///   identifier.
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

    /// Closes all connections, including leased ones, and stops reconnecting.
    ///
    /// Pending and later calls fail with ``RedisError/Code/closed``. Returns when all sockets are closed. A second
    /// call has no effect.
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

    // MARK: Parts for the extensions

    var closedError: RedisError { RedisError(.closed, "the pool was closed", endpoint: configuration.endpoint) }

    /// Opens a connection on the loop's thread, without retaining the pool.
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

    /// Suspends a waiter with an identifier. A cancellation withdraws the waiter by this identifier.
    func waiting(_ body: (Waiter, UInt64) -> Void) async throws -> Channel {
        let identifier = identifiers.wrappingAdd(1, ordering: .relaxed).newValue
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { waiter in
                body(waiter, identifier)
                // The task may have been cancelled before the request.
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

/// The delays between attempts to reconnect. They double up to a limit, and a part of each is random. A pure value.
package struct Backoff {
    private let initial: UInt64
    private let maximum: UInt64
    private let jitter: Double
    private var current: UInt64

    /// Creates the delays of a configuration.
    package init(_ configuration: RedisConfiguration) {
        maximum = configuration.reconnectMaximumDelay.nanoseconds
        initial = min(max(1, configuration.reconnectInitialDelay.nanoseconds), maximum)
        jitter = min(1, max(0, configuration.reconnectJitter))
        current = initial
    }

    /// Returns the next delay in nanoseconds. The delay after it is twice as long.
    ///
    /// - Parameter chance: a random number from 0 to 1.
    package mutating func next(chance: Double) -> UInt64 {
        let delay = current
        current = min(maximum, current.multipliedReportingOverflow(by: 2).overflow ? maximum : current * 2)
        return UInt64(Double(delay) * (1 - jitter * chance))
    }

    /// Returns to the shortest delay.
    package mutating func reset() { current = initial }
}

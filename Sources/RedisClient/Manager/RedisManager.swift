import Support

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The access of a process to one server: one pool and one circuit breaker, whatever the number of callers.
///
/// ```swift
/// let redis = try RedisManager.shared(configuration)     // the same object everywhere in the process
/// let user = redis.context("user-7")
/// try await user.set("theme", to: Array("dark".utf8))
/// ```
///
/// While the server does not answer, the breaker refuses calls at once (``RedisError/Code/circuitOpen``), and no call
/// waits for its time limit. A probe finds out when the server is back.
///
/// The connections have the name of the manager, so that ``audit(expecting:)`` finds connections that were opened
/// without a manager.
public final class RedisManager: Sendable {
    /// The configuration of the pool. Its ``RedisConfiguration/clientName`` is the name of the manager.
    public let configuration: RedisConfiguration
    private let pool: RedisPool
    private let server: Server
    private let guardian: Lock<Guardian>
    private let observers = Lock<[@Sendable (CircuitBreaker.Transition) -> Void]>([])
    private let metrics: ManagerMetrics

    /// The key of a manager: each process has one manager for each value.
    private struct Server: Hashable {
        let endpoint: RedisEndpoint
        let database: Int
        let username: String?
    }

    /// The breaker and the counts of calls.
    private struct Guardian {
        var breaker: CircuitBreaker
        var calls = CallCounts()
    }

    private struct Entry {
        let manager: RedisManager
        /// The configuration of the request, before the name was completed.
        let configuration: RedisConfiguration
    }

    private static let managers = Lock<[Server: Entry]>([:])

    /// Returns the manager of this process for a server, a database and a user. The first call creates it. It opens
    /// no connection yet.
    ///
    /// - Parameters:
    ///   - configuration: its ``RedisConfiguration/clientName`` is the name of the application.
    ///   - breaker: the configuration of the breaker. Only the first call uses it.
    /// - Throws: ``RedisError/Code/conflictingConfiguration`` if the manager exists with another configuration. The
    ///   message names the properties that differ, without their values.
    public static func shared(
        _ configuration: RedisConfiguration, breaker: CircuitBreaker.Configuration = CircuitBreaker.Configuration()
    ) throws(RedisError) -> RedisManager {
        let server = Server(
            endpoint: configuration.endpoint, database: configuration.database, username: configuration.username)
        let entry = managers.withLock { managers in
            if let entry = managers[server] { return entry }
            let manager = RedisManager(configuration, server: server, breaker: CircuitBreaker(breaker))
            let entry = Entry(manager: manager, configuration: configuration)
            managers[server] = entry
            return entry
        }
        guard entry.configuration == configuration else {
            let differing = configuration.namesOfProperties(thatDifferFrom: entry.configuration)
            throw RedisError(
                .conflictingConfiguration,
                "this process already has a manager for this server, with another \(differing.joined(separator: ", "))",
                endpoint: configuration.endpoint)
        }
        return entry.manager
    }

    private init(_ configuration: RedisConfiguration, server: Server, breaker: CircuitBreaker) {
        var named = configuration
        named.clientName = "\(configuration.clientName ?? "redis")\(Self.mark)\(getpid())"
        self.configuration = named
        self.server = server
        guardian = Lock(Guardian(breaker: breaker))
        pool = RedisPool(named)
        metrics = ManagerMetrics(configuration.endpoint)
    }

    /// The part of each manager's connection name between the name of the application and the number of the process.
    public static let mark = "/manager:"

    /// Returns the configuration for a subscriber, which needs a connection of its own.
    ///
    /// An audit counts the connection as one of the manager. Its name at the server is
    /// `APPLICATION/manager:PROCESS/PURPOSE`.
    ///
    /// - Parameter purpose: the purpose of the subscriber, without spaces.
    public func subscriberConfiguration(for purpose: String) -> RedisConfiguration {
        var configuration = configuration
        configuration.clientName = "\(configuration.clientName ?? "")/\(purpose)"
        return configuration
    }

    /// Closes the pool. A later call of ``shared(_:breaker:)`` creates a new manager.
    public func close() async {
        Self.managers.withLock { managers in
            if managers[server]?.manager === self { managers[server] = nil }
        }
        await pool.close()
    }

    // MARK: Calls

    /// As ``RedisPool/send(_:)``.
    ///
    /// - Throws: ``RedisError``; `circuitOpen` at once while the breaker refuses calls.
    public nonisolated(nonsending) func send(_ command: RedisCommand) async throws -> RedisValue {
        try await guarded(permit()) { try await pool.send(command) }
    }

    /// As ``RedisPool/pipeline(_:)``.
    ///
    /// - Throws: ``RedisError``; `circuitOpen` at once while the breaker refuses calls.
    public nonisolated(nonsending) func pipeline(_ commands: [RedisCommand]) async throws -> [RedisValue] {
        try await guarded(permit()) { try await pool.pipeline(commands) }
    }

    /// As ``RedisPool/run(_:keys:arguments:)``.
    ///
    /// - Throws: ``RedisError``; `circuitOpen` at once while the breaker refuses calls.
    public nonisolated(nonsending) func run(
        _ script: RedisScript, keys: [RedisArgument] = [], arguments: [RedisArgument] = []
    ) async throws -> RedisValue {
        try await guarded(permit()) { try await pool.run(script, keys: keys, arguments: arguments) }
    }

    /// As ``RedisPool/runTellingServer(_:keys:arguments:)``.
    ///
    /// - Throws: ``RedisError``; `circuitOpen` at once while the breaker refuses calls.
    public nonisolated(nonsending) func runTellingServer(
        _ script: RedisScript, keys: [RedisArgument] = [], arguments: [RedisArgument] = []
    ) async throws -> RedisValue {
        try await guarded(permit()) {
            try await pool.runTellingServer(script, keys: keys, arguments: arguments)
        }
    }

    /// As ``RedisPool/withConnection(isolation:_:)``.
    ///
    /// If the breaker needs a probe, a `PING` is sent first, because `body` may take long.
    ///
    /// - Throws: the error of `body`; ``RedisError``; `circuitOpen` at once while the breaker refuses calls.
    public nonisolated(nonsending) func withConnection<Result: Sendable>(
        _ body: nonisolated(nonsending) (RedisConnection) async throws -> Result
    ) async throws -> Result {
        let permit = try permit()
        if permit.isProbe {
            _ = try await guarded(permit) { try await pool.send(RedisCommand("PING")) }
            return try await pool.withConnection { try await body($0) }
        }
        return try await guarded(permit) { try await pool.withConnection { try await body($0) } }
    }

    /// Returns a part of the server's keys that no other context shares.
    public func context(_ name: String) -> RedisContext { RedisContext(name: name, manager: self) }

    /// The number of open and opening connections, at most ``RedisConfiguration/poolLimit``.
    public var connectionCount: Int { pool.connectionCount }

    // MARK: The breaker

    /// The current state of the breaker.
    public var state: CircuitBreaker.State { guardian.withLock { $0.breaker.state } }

    /// The counts of all calls that have ended.
    public var calls: CallCounts { guardian.withLock { $0.calls } }

    /// Adds an observer of the breaker's state.
    ///
    /// The manager calls it for every later change, in order, on the thread of the change. The observer must return
    /// quickly, because it delays other calls.
    public func onTransition(_ observer: @escaping @Sendable (CircuitBreaker.Transition) -> Void) {
        observers.withLock { $0.append(observer) }
    }

    private nonisolated(nonsending) func guarded<Result>(
        _ permit: CircuitBreaker.Permit, _ call: nonisolated(nonsending) () async throws -> Result
    ) async throws -> Result {
        do {
            let result = try await call()
            ended(permit, nil)
            return result
        } catch {
            ended(permit, error)
            throw error
        }
    }

    private func permit() throws(RedisError) -> CircuitBreaker.Permit {
        let now = Int64(clamping: MonotonicTime.now())
        // The observers are called under the lock, which keeps the order of two changes.
        let decision = guardian.withLock { guardian in
            let (decision, transition) = guardian.breaker.ask(at: now)
            tell(transition)
            if case .refused = decision { guardian.calls.refused += 1 }
            return decision
        }
        switch decision {
        case .allowed(let permit): return permit
        case .refused(let wait):
            throw RedisError(
                .circuitOpen,
                wait == 0
                    ? "the server did not answer, and one call is finding out whether it is back"
                    : "the server did not answer; the next attempt is in \(Duration.nanoseconds(wait))",
                endpoint: configuration.endpoint)
        }
    }

    private func ended(_ permit: CircuitBreaker.Permit, _ error: (any Error)?) {
        let now = Int64(clamping: MonotonicTime.now())
        guardian.withLock { guardian in
            guardian.calls.count(error)
            tell(guardian.breaker.ended(permit, CircuitBreaker.Outcome(of: error), at: now))
        }
    }

    private func tell(_ transition: CircuitBreaker.Transition?) {
        guard let transition else { return }
        metrics.changed(transition)
        for observer in observers.withLock({ $0 }) { observer(transition) }
    }
}

extension RedisConfiguration {
    /// Returns names only, because one of the values is a password.
    fileprivate func namesOfProperties(thatDifferFrom other: RedisConfiguration) -> [String] {
        zip(Mirror(reflecting: self).children, Mirror(reflecting: other).children).compactMap { own, theirs in
            "\(own.value)" == "\(theirs.value)" ? nil : own.label
        }
    }
}

import Support

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The one way of a process to a server: one pool and one circuit breaker, however many places ask for them at once.
///
/// ```swift
/// let redis = try RedisManager.shared(configuration)     // the same object everywhere in the process
/// let user = redis.context("user-7")
/// try await user.set("theme", to: Array("dark".utf8))
/// ```
///
/// While the server does not answer, the breaker refuses calls at once (``RedisError/Code/circuitOpen``) instead of letting
/// each wait for its time limit; a probe finds out when it is back, and no call has to do anything for that.
///
/// Connections carry the manager's name at the server, so that ``audit(expecting:)`` finds those that were opened past it.
public final class RedisManager: Sendable {
    /// The pool's configuration. Its ``RedisConfiguration/clientName`` is the manager's name.
    public let configuration: RedisConfiguration
    private let pool: RedisPool
    private let server: Server
    private let guardian: Lock<Guardian>
    private let observers = Lock<[@Sendable (CircuitBreaker.Transition) -> Void]>([])
    private let metrics: ManagerMetrics

    /// What there is one manager for.
    private struct Server: Hashable {
        let endpoint: RedisEndpoint
        let database: Int
        let username: String?
    }

    /// What decides about calls, and what became of them.
    private struct Guardian {
        var breaker: CircuitBreaker
        var calls = CallCounts()
    }

    private struct Entry {
        let manager: RedisManager
        /// As it was asked for, before the name was completed.
        let configuration: RedisConfiguration
    }

    private static let managers = Lock<[Server: Entry]>([:])

    /// The manager of this process for a server, database and user; made at the first call. Opens nothing yet.
    ///
    /// - Parameters:
    ///   - configuration: ``RedisConfiguration/clientName`` is the application's name.
    ///   - breaker: counts at the first call only.
    /// - Throws: ``RedisError/Code/conflictingConfiguration`` if the manager that exists was asked for with another
    ///   configuration; the message names the properties that differ, and no values.
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

    /// In the names of all managers' connections, between the application's name and the process's number.
    public static let mark = "/manager:"

    /// How a subscriber connects, which needs a connection of its own and belongs to the manager for an audit: it is
    /// called `APPLICATION/manager:PROCESS/PURPOSE` at the server.
    /// - Parameter purpose: of the subscriber; without spaces, as Redis wants names.
    public func subscriberConfiguration(for purpose: String) -> RedisConfiguration {
        var configuration = configuration
        configuration.clientName = "\(configuration.clientName ?? "")/\(purpose)"
        return configuration
    }

    /// Closes the pool. Whoever asks for the manager afterwards gets a new one.
    public func close() async {
        Self.managers.withLock { managers in
            if managers[server]?.manager === self { managers[server] = nil }
        }
        await pool.close()
    }

    // MARK: Calls

    /// As ``RedisPool/send(_:)``.
    /// - Throws: ``RedisError``; `circuitOpen` at once while the server is held to be away.
    public nonisolated(nonsending) func send(_ command: RedisCommand) async throws -> RedisValue {
        try await guarded(permit()) { try await pool.send(command) }
    }

    /// As ``RedisPool/pipeline(_:)``.
    /// - Throws: ``RedisError``; `circuitOpen` at once while the server is held to be away.
    public nonisolated(nonsending) func pipeline(_ commands: [RedisCommand]) async throws -> [RedisValue] {
        try await guarded(permit()) { try await pool.pipeline(commands) }
    }

    /// As ``RedisPool/run(_:keys:arguments:)``.
    /// - Throws: ``RedisError``; `circuitOpen` at once while the server is held to be away.
    public nonisolated(nonsending) func run(
        _ script: RedisScript, keys: [RedisArgument] = [], arguments: [RedisArgument] = []
    ) async throws -> RedisValue {
        try await guarded(permit()) { try await pool.run(script, keys: keys, arguments: arguments) }
    }

    /// As ``RedisPool/runTellingServer(_:keys:arguments:)``.
    /// - Throws: ``RedisError``; `circuitOpen` at once while the server is held to be away.
    public nonisolated(nonsending) func runTellingServer(
        _ script: RedisScript, keys: [RedisArgument] = [], arguments: [RedisArgument] = []
    ) async throws -> RedisValue {
        try await guarded(permit()) {
            try await pool.runTellingServer(script, keys: keys, arguments: arguments)
        }
    }

    /// As ``RedisPool/withConnection(isolation:_:)``. When the breaker needs to know whether the server is back, a `PING` finds
    /// out first: `body` may take its time.
    /// - Throws: what `body` throws; ``RedisError``; `circuitOpen` at once while the server is held to be away.
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

    /// A part of the server's keys that no other context shares.
    public func context(_ name: String) -> RedisContext { RedisContext(name: name, manager: self) }

    /// Connections open or being opened at this moment; never above ``RedisConfiguration/poolLimit``.
    public var connectionCount: Int { pool.connectionCount }

    // MARK: The breaker

    /// What the breaker does with calls now.
    public var state: CircuitBreaker.State { guardian.withLock { $0.breaker.state } }

    /// What has become of all calls that have ended.
    public var calls: CallCounts { guardian.withLock { $0.calls } }

    /// From now on tells every change of the breaker's state, in their order, on the thread where it happens, so quickly
    /// that it holds nobody up.
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
        // Told under the lock: otherwise two changes could be told in the wrong order.
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
    /// The names only: one of the values is a password.
    fileprivate func namesOfProperties(thatDifferFrom other: RedisConfiguration) -> [String] {
        zip(Mirror(reflecting: self).children, Mirror(reflecting: other).children).compactMap { own, theirs in
            "\(own.value)" == "\(theirs.value)" ? nil : own.label
        }
    }
}

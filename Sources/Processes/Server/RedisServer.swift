import Foundation
import RedisClient

/// The Redis of a run: one of its own, or one that it was given.
public final class RedisServer: Sendable {
    /// Where to find a Redis.
    public enum Source: Sendable, Hashable {
        /// Start one on a Unix socket in the run's folder, without persistence; it ends with the run.
        case privateServer
        /// Use this one, as a guest: only keys under the run's prefix are touched, no server-wide command is sent, and
        /// nothing is left behind.
        case given(RedisConfiguration)
    }

    /// How to connect to it.
    public let configuration: RedisConfiguration
    /// Whether the run started it and may do with it as it likes.
    public let isPrivate: Bool
    package let caretaker: Caretaker
    /// What a guest's names are on a server that is not its own.
    package let identity: GuestIdentity
    private let lease: GuestLease?
    /// How long a key of this run may outlive it on a server that is not its own; `nil` for what the run's budget says.
    private let keyLifetime: Duration?
    /// A folder that is gone with the server, whatever ends the process.
    package var folder: String { caretaker.folder }

    /// - Parameter lease: that of a guest; `nil` on a server of one's own.
    private init(
        configuration: RedisConfiguration, caretaker: Caretaker, identity: GuestIdentity, lease: GuestLease?,
        keyLifetime: Duration?
    ) {
        self.configuration = configuration
        isPrivate = lease == nil
        self.caretaker = caretaker
        self.identity = identity
        self.lease = lease
        self.keyLifetime = keyLifetime
    }

    /// What all keys and channels of the run begin with.
    package var keyStart: String { isPrivate ? GuestIdentity.prefix : identity.keyStart }

    /// How long a key may outlive a run that is killed; `nil` on a server of one's own, which ends with the run.
    package func keyLifetime(_ budget: RunBudget) -> Duration? {
        isPrivate ? nil : keyLifetime ?? Self.keyLifetime(for: budget)
    }

    /// Longer than the run, so that no key goes before its time.
    private static func keyLifetime(for budget: RunBudget) -> Duration {
        min(budget.limit, .seconds(30 * 86_400)) + .seconds(120)
    }

    /// The same server, as a scenario's values need it.
    package func allowing(_ limits: RedisReplyLimits) -> RedisServer {
        var configuration = configuration
        configuration.replyLimits = limits
        return RedisServer(
            configuration: configuration, caretaker: caretaker, identity: identity, lease: lease,
            keyLifetime: keyLifetime)
    }

    /// The database used if none is named.
    public static let defaultDatabase = 15

    /// Starts or reaches the server, and waits until it answers.
    /// - Parameters:
    ///   - settings: more arguments of a private redis-server, such as `--appendonly yes`; later ones win.
    ///   - environment: of a private redis-server, besides this process's own.
    ///   - path: where to look for redis-server.
    ///   - patience: how long to wait for an answer.
    ///   - keyLifetime: how long a key may outlive a run that is killed, on a server that is not its own; by default the
    ///     run's budget and 120 seconds.
    /// - Throws: ``WorldError``.
    public static func open(
        _ source: Source, settings: [String] = [], environment: [String: String] = [:],
        path: String = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
        patience: Duration = .seconds(10), keyLifetime: Duration? = nil
    ) async throws -> RedisServer {
        let identity = GuestIdentity()
        try OpenFileLimit.require(OpenFileLimit.base, for: "a run on Redis")
        switch source {
        case .given(var configuration):
            // By this name others see that the run is alive.
            configuration.clientName = identity.connectionName
            let caretaker = try await Caretaker.start(server: nil)
            do {
                try await answer(configuration, within: patience, isGuest: true)
                try await GuestRights.check(configuration, keyStart: identity.keyStart)
                let lease = try await GuestLease.begin(identity, on: configuration, keyLifetime: keyLifetime)
                return RedisServer(
                    configuration: configuration, caretaker: caretaker, identity: identity, lease: lease,
                    keyLifetime: keyLifetime)
            } catch {
                await caretaker.stop()
                throw unusable(configuration, error)
            }
        case .privateServer:
            guard let program = find("redis-server", on: path) else { throw noServer }
            let variables = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let start = variables.isEmpty ? [] : ["/usr/bin/env"] + variables
            let caretaker = try await Caretaker.start { folder in
                start + [
                    program, "--port", "0", "--unixsocket", "\(folder)/redis.sock", "--unixsocketperm", "700", "--save",
                    "",
                    "--appendonly", "no", "--dir", folder, "--daemonize", "no", "--maxclients", "1000",
                ] + settings
            }
            let configuration = RedisConfiguration(
                endpoint: .unixSocket(path: "\(caretaker.folder)/redis.sock"), database: defaultDatabase,
                clientName: "coherence")
            do {
                try await answer(configuration, within: patience)
            } catch {
                let log = (try? String(contentsOfFile: "\(caretaker.folder)/redis.log", encoding: .utf8)) ?? ""
                await caretaker.stop()
                throw WorldError(
                    .redisUnusable, "the private redis-server does not answer: \(error)",
                    advice: "It said: \(log.suffix(400))")
            }
            return RedisServer(
                configuration: configuration, caretaker: caretaker, identity: identity, lease: nil,
                keyLifetime: nil)
        }
    }

    private static func unusable(_ configuration: RedisConfiguration, _ error: any Error) -> WorldError {
        let otherwise = "Or leave out --redis to have a private server started"
        guard let error = error as? RedisError else {
            return WorldError(
                .redisUnusable, "the Redis at \(configuration.endpoint) cannot be used: \(error)", advice: otherwise)
        }
        guard let refusal = error.refusal else {
            return WorldError(
                .redisUnusable, "the Redis at \(configuration.endpoint) cannot be used: \(error.summary)",
                advice: "\(error.advice) \(otherwise)")
        }
        let asked = error.underlying.flatMap { $0.hasPrefix("in answer to") ? " \($0)" : nil } ?? ""
        return WorldError(
            .redisUnusable,
            "the Redis at \(configuration.endpoint) cannot be used: it \(refusal.meaning): \(refusal.line)\(asked)",
            advice: "\(refusal.advice) \(otherwise)")
    }

    /// Kills the private server without warning and starts it again; returns before it answers. Not for a given one.
    public func restart() {
        precondition(isPrivate, "only a server of one's own may be killed")
        caretaker.restartServer()
    }

    /// Ends the private server, or removes what the run has left on the one that it was given; and removes the run's folder.
    /// It does so where the caller is cancelled as well.
    /// - Returns: what could not be removed from the server, as a sentence; `nil` if nothing is left.
    @discardableResult
    public func close() async -> String? {
        let remains = await lease?.end()
        await caretaker.stop()
        return remains
    }

    /// Starts it again after its process has ended, and waits until it answers.
    package func restart(_ arguments: String) async throws {
        caretaker.startServerAgain(arguments)
        try await waitForAnswer()
    }

    /// Waits until it answers, as it may not at once.
    package func waitForAnswer() async throws { try await Self.answer(configuration, within: .seconds(10)) }

    private static let noServer = WorldError(
        .noRedisServer, "there is no redis-server on the PATH",
        advice: """
            Install one (Debian, Ubuntu: apt-get install redis-server; macOS: brew install redis; elsewhere: \
            https://redis.io/docs/install), or name a running one with --redis URL
            """)

    /// Waits for a PING to be answered.
    /// - Parameter isGuest: whether it is not for us to wait until the server has its data.
    package static func answer(_ configuration: RedisConfiguration, within limit: Duration, isGuest: Bool = false)
        async throws
    {
        let deadline = ContinuousClock.now + limit
        var rest = Duration.milliseconds(2)
        while true {
            do {
                let connection = try await RedisConnection.connect(configuration)
                defer { Task { await connection.close() } }
                _ = try await connection.send(RedisCommand("PING"))
                return
            } catch let error as RedisError
                where [.connectFailed, .connectionLost].contains(error.code) && ContinuousClock.now < deadline
                && !(isGuest && (error.refusal != nil || isAbsent(error)))
            {
                // Not there yet, or still reading its data.
                try await Task.sleep(for: rest)
                rest = min(rest * 2, isGuest ? .milliseconds(250) : .milliseconds(20))
            }
        }
    }

    /// Whether there is certainly no server at the address. One that is a guest's to use is not about to be started.
    private static func isAbsent(_ error: RedisError) -> Bool {
        let reasons = [ECONNREFUSED, ENOENT, ENOTDIR, EACCES, ENOTSOCK].map { String(cString: strerror($0)) }
        return error.code == .connectFailed && error.underlying.map(reasons.contains) == true
    }

    private static func find(_ program: String, on path: String) -> String? {
        path.split(separator: ":").map { "\($0)/\(program)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}

extension RedisServer {
    /// Whether a URL says which database to use.
    public static func namesDatabase(_ url: String) -> Bool {
        if url.contains("?db=") { return true }
        guard let scheme = url.range(of: "://"), !url.lowercased().hasPrefix("unix") else { return false }
        let rest = url[scheme.upperBound...]
        guard let slash = rest.firstIndex(of: "/") else { return false }
        return rest.index(after: slash) < rest.endIndex
    }
}

extension RedisReplyLimits {
    /// For runs on small values: nothing that a cache asks for comes near it.
    package static let usual = RedisReplyLimits(size: 32 << 20)

    /// Room for so many values of a size in one reply, if the usual limit has none.
    package static func holding(_ count: Int, of size: Int) -> RedisReplyLimits {
        // A value comes with its key, its tags and its numbers.
        let (bytes, overflow) = (size + 4096).multipliedReportingOverflow(by: count)
        return RedisReplyLimits(size: max(usual.size, overflow ? .max : bytes))
    }
}

/// Why a world could not be had.
public struct WorldError: Error, Sendable, CustomStringConvertible {
    /// What is missing, or refused.
    public enum Code: String, Sendable {
        /// There is no redis-server to start.
        case noRedisServer = "no-redis-server"
        /// It was started, or given, but does not answer as it should.
        case redisUnusable = "redis-unusable"
        /// Something of this machine is missing (a folder that can be written, a process that can be started).
        case hostUnusable = "host-unusable"
        /// A fault was declared that this server must not suffer.
        case faultRefused = "fault-refused"
        /// The cache under test does not offer what the scenario asks for.
        case subjectUnfit = "subject-unfit"
    }

    /// For programs.
    public let code: Code
    /// What is wrong, as a sentence without its point.
    public let message: String
    /// What to do about it.
    public let advice: String

    /// What is wrong, and what to do about it.
    public var description: String {
        // What a server said may end with a full stop of its own.
        (message.hasSuffix(".") ? "\(message) " : "\(message). ") + advice
    }

    /// An error from its parts.
    public init(_ code: Code, _ message: String, advice: String) {
        self.code = code
        self.message = message
        self.advice = advice
    }
}

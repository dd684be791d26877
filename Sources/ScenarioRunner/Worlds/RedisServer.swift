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
    let caretaker: Caretaker
    /// A folder that is gone with the server, whatever ends the process.
    package var folder: String { caretaker.folder }

    private init(configuration: RedisConfiguration, isPrivate: Bool, caretaker: Caretaker) {
        self.configuration = configuration
        self.isPrivate = isPrivate
        self.caretaker = caretaker
    }

    /// The database used if none is named.
    public static let defaultDatabase = 15

    /// Starts or reaches the server, and waits until it answers.
    /// - Parameters:
    ///   - settings: more arguments of a private redis-server, such as `--appendonly yes`; later ones win.
    ///   - path: where to look for redis-server.
    ///   - patience: how long to wait for an answer.
    /// - Throws: ``WorldError``.
    public static func open(
        _ source: Source, settings: [String] = [],
        path: String = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
        patience: Duration = .seconds(10)
    ) async throws -> RedisServer {
        switch source {
        case .given(let configuration):
            let caretaker = try await Caretaker.start(server: nil)
            do {
                try await answer(configuration, within: patience)
            } catch {
                await caretaker.stop()
                throw WorldError(
                    .redisUnusable, "the Redis at \(configuration.endpoint) cannot be used: \(error)",
                    advice: "Check the address and the password, or leave out --redis to have a private server started")
            }
            return RedisServer(configuration: configuration, isPrivate: false, caretaker: caretaker)
        case .privateServer:
            guard let program = find("redis-server", on: path) else { throw noServer }
            let caretaker = try await Caretaker.start { folder in
                [
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
            return RedisServer(configuration: configuration, isPrivate: true, caretaker: caretaker)
        }
    }

    /// Kills the private server without warning and starts it again; returns before it answers. Not for a given one.
    public func restart() {
        precondition(isPrivate, "only a server of one's own may be killed")
        caretaker.restartServer()
    }

    /// Ends the private server, and removes the run's folder.
    public func close() async { await caretaker.stop() }

    /// Starts it again after its process has ended, and waits until it answers.
    func restart(_ arguments: String) async throws {
        caretaker.startServerAgain(arguments)
        try await waitForAnswer()
    }

    /// Waits until it answers, as it may not at once.
    func waitForAnswer() async throws { try await Self.answer(configuration, within: .seconds(10)) }

    private static let noServer = WorldError(
        .noRedisServer, "there is no redis-server on the PATH",
        advice: """
            Install one (Debian, Ubuntu: apt-get install redis-server; macOS: brew install redis; elsewhere: \
            https://redis.io/docs/install), or name a running one with --redis URL
            """)

    /// Waits for a PING to be answered.
    static func answer(_ configuration: RedisConfiguration, within limit: Duration) async throws {
        let deadline = ContinuousClock.now + limit
        while true {
            do {
                let connection = try await RedisConnection.connect(configuration)
                defer { Task { await connection.close() } }
                _ = try await connection.send(RedisCommand("PING"))
                return
            } catch let error as RedisError
                where [.connectFailed, .connectionLost].contains(error.code) && ContinuousClock.now < deadline
            {
                // Not there yet, or still reading its data.
                try await Task.sleep(for: .milliseconds(2))
            }
        }
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

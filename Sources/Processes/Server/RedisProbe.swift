import RedisClient
import Support

/// Asks the server that a run needs whether it is there.
package protocol ServerProbe: Sendable {
    /// The server, as a message names it.
    var endpoint: String { get }
    /// How long an answer may take.
    var timeLimit: Duration { get }
    var lastError: String? { get }
    /// Asks once.
    func isAnswered() async -> Bool
    /// Ends the connection.
    func close() async
}

/// Asks a Redis, on a connection of its own.
package final class RedisProbe: ServerProbe {
    package let timeLimit: Duration
    package let endpoint: String
    private let pool: RedisPool
    private let error = Lock<String?>(nil)

    /// - Parameter name: of its connection at the server.
    package init(_ server: RedisConfiguration, name: String, timeLimit: Duration = .seconds(1)) {
        var configuration = server
        configuration.clientName = name
        configuration.connectTimeout = timeLimit
        configuration.commandTimeout = timeLimit
        configuration.poolLimit = 2
        configuration.replyLimits = RedisReplyLimits(size: 64 << 10)
        self.timeLimit = timeLimit
        endpoint = "\(server.endpoint)"
        pool = RedisPool(configuration)
    }

    package var lastError: String? { error.withLock { $0 } }

    /// Asks once. A server that refuses the question is there, and one that says anything but PONG is no Redis that a run
    /// can rely on.
    package func isAnswered() async -> Bool {
        do {
            let reply = try await pool.send(RedisCommand("PING"))
            guard reply.string != "PONG" else { return true }
            error.withLock { $0 = "it answers PING with \(reply)" }
            return false
        } catch let failure as RedisError where failure.code == .serverError {
            return true
        } catch let failure as RedisError {
            error.withLock { $0 = failure.message }
            return false
        } catch {
            return false
        }
    }

    package func close() async { await pool.close() }
}

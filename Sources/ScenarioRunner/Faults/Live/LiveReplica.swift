import Foundation
import Processes
import RedisClient
import Support

/// A second real server, which has what the first one has, as far as it is let; it may take the first one's place.
final class LiveReplica: Sendable {
    private struct State {
        var number = 0
        var isRunning = false
    }

    private let server: RedisServer
    /// Straight to the first server.
    private let pool: RedisPool
    private let forwarder: Forwarder
    private let state = Lock(State())

    /// Of the way on which the replica hears its primary.
    private static let route = "replication"

    init(of server: RedisServer, pool: RedisPool, forwarder: Forwarder) {
        self.server = server
        self.pool = pool
        self.forwarder = forwarder
    }

    /// Starts it, waits until it has everything, and lets nothing more pass.
    func holdBack() async throws {
        let number = state.withLock { state in
            state.number += 1
            state.isRunning = true
            return state.number
        }
        // Or the first server waits some seconds for more replicas.
        _ = try await pool.send(RedisCommand("CONFIG", "SET", "repl-diskless-sync-delay", "0"))
        let port = try await forwarder.addRouteByPort(Self.route)
        let path = socket(number)
        server.caretaker.startReplica("--unixsocket \(path) --replicaof 127.0.0.1 \(port)")
        try await RedisServer.answer(configuration(path), within: .seconds(10))
        let replica = try await RedisConnection.connect(configuration(path))
        do {
            while try await !hasEverything(replica) { try await Task.sleep(for: .milliseconds(2)) }
        } catch {
            await replica.close()
            throw error
        }
        await replica.close()
        await forwarder.stall(Self.route, .both)
    }

    private func hasEverything(_ replica: RedisConnection) async throws -> Bool {
        let theirs = try await replica.send(RedisCommand("INFO", "replication")).string ?? ""
        guard theirs.contains("master_link_status:up"), let received = Self.offset(theirs) else { return false }
        let ours = try await pool.send(RedisCommand("INFO", "replication")).string ?? ""
        return Self.offset(ours) == received
    }

    private static func offset(_ information: String) -> Int64? {
        ServerInformation(text: information).number("master_repl_offset")
    }

    /// Makes a primary of it, at the address of the one that is gone.
    func takeOver() async throws {
        let path = socket(state.withLock { $0.number })
        let replica = try await RedisConnection.connect(configuration(path))
        _ = try await replica.send(RedisCommand("REPLICAOF", "NO", "ONE"))
        await replica.close()
        await forwarder.removeRoute(Self.route)
        guard case .unixSocket(let address) = server.configuration.endpoint, rename(path, address) == 0 else {
            throw FaultError(.failed, "the replica could not be put in place: \(String(cString: strerror(errno)))")
        }
        server.caretaker.promoteReplica()
        state.withLock { $0.isRunning = false }
        try await server.waitForAnswer()
    }

    /// Ends it if it has taken nobody's place.
    func discard() async {
        let isRunning = state.withLock { state in
            defer { state.isRunning = false }
            return state.isRunning
        }
        guard isRunning else { return }
        await forwarder.removeRoute(Self.route)
        server.caretaker.endReplica()
    }

    private func socket(_ number: Int) -> String { "\(server.caretaker.folder)/replica-\(number)" }

    private func configuration(_ path: String) -> RedisConfiguration {
        var configuration = server.configuration
        configuration.endpoint = .unixSocket(path: path)
        return configuration
    }
}

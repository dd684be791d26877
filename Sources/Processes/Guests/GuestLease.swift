import Foundation
import RedisClient
import Support

/// A run's stay on a Redis that is not its own: a key that says that it is alive, and the removal of everything at the end.
///
/// The key is there before any other of the run and is renewed three times in its lifetime. Whoever cleans up after dead runs
/// leaves those alone that have it.
final class GuestLease: Sendable {
    /// For how long a run counts as alive after its last sign of life.
    private static let longest = Duration.seconds(15)
    /// How long the removal of the keys may take.
    private static let patience = Duration.seconds(2)
    /// How long is waited for connections of the run that the server has not yet seen to be closed: what they sent comes
    /// before their end.
    private static let closing = Duration.seconds(1)

    private let identity: GuestIdentity
    private let server: RedisConfiguration
    private let pool: RedisPool
    private let beating = Lock<Task<Void, Never>?>(nil)
    /// After which the keys go by themselves, at the latest.
    private let keyLifetime: Duration?

    private init(_ identity: GuestIdentity, _ server: RedisConfiguration, keyLifetime: Duration?) {
        self.identity = identity
        self.server = server
        self.keyLifetime = keyLifetime
        var configuration = server
        configuration.clientName = identity.connectionName + ".lease"
        configuration.poolLimit = 2
        pool = RedisPool(configuration)
    }

    /// - Parameter keyLifetime: that the run's keys have at most when it is gone; the lease's is no longer.
    /// - Throws: `RedisError` if the key cannot be written.
    static func begin(
        _ identity: GuestIdentity, on server: RedisConfiguration, keyLifetime: Duration?
    ) async throws -> GuestLease {
        let lease = GuestLease(identity, server, keyLifetime: keyLifetime)
        let lifetime = min(longest, keyLifetime ?? longest)
        do {
            try await lease.beat(lifetime)
        } catch {
            await lease.pool.close()
            throw error
        }
        lease.beating.withLock {
            $0 = Task { [weak lease] in
                while (try? await Task.sleep(for: lifetime / 3)) != nil { try? await lease?.beat(lifetime) }
            }
        }
        return lease
    }

    deinit { beating.withLock { $0 }?.cancel() }

    private func beat(_ lifetime: Duration) async throws {
        let milliseconds = Int(max(1, lifetime / .milliseconds(1)))
        _ = try await pool.send(
            RedisCommand(arguments: ["SET", .string(identity.leaseKey), "", "PX", .integer(milliseconds)]))
    }

    /// Removes everything that the run has left on the server, the lease last. It goes on where the caller is cancelled, and
    /// takes no longer than two seconds.
    /// - Returns: what could not be removed, as a sentence; `nil` if nothing is left.
    func end() async -> String? {
        let beating = beating.withLock { $0 }
        beating?.cancel()
        // In a task of its own: what interrupts the run must not interrupt this.
        let removal = Task {
            // Before the keys are looked for: a lease that is still on its way would come after.
            await beating?.value
            await pool.close()
            try await remove()
        }
        let limit = Task {
            try await Task.sleep(for: Self.patience)
            removal.cancel()
        }
        let outcome = await removal.result
        let isLate = removal.isCancelled
        limit.cancel()
        guard case .failure(let error) = outcome else { return nil }
        let reason = isLate ? "that took longer than \(Self.patience)" : "\(error)"
        let end = keyLifetime.map { "within \($0)" } ?? "by themselves"
        return """
            keys that begin with \(identity.keyStart) may be left on the Redis at \(server.endpoint): \(reason). \
            They expire \(end); coherence clean --redis URL removes them sooner
            """
    }

    private func remove() async throws {
        var configuration = server
        configuration.clientName = identity.connectionName + ".end"
        let connection = try await RedisConnection.connect(configuration)
        do {
            try await waitForOthers(connection)
            try await GuestKeys.forEachPortion(matching: identity.keyPattern, connection) { keys in
                _ = try await connection.send(RedisCommand(parts: ["UNLINK"] + keys))
            }
            await connection.close()
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Waits until the run has no connection but this one.
    private func waitForOthers(_ connection: RedisConnection) async throws {
        let own = identity.connectionName + ".end"
        let deadline = ContinuousClock.now + Self.closing
        while ContinuousClock.now < deadline {
            let list = try await connection.send(RedisCommand("CLIENT", "LIST")).string ?? ""
            let others = ConnectionAudit.clients(listed: list).contains {
                identity.owns(connection: $0.name) && $0.name != own
            }
            guard others else { return }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}

/// Going through keys of a server.
package enum GuestKeys {
    /// More portions than this are no answer of a server that means well.
    private static let mostPortions = 10_000_000

    /// Goes through all keys that match, a thousand or so at a time; a key may come twice.
    /// - Throws: `RedisError`, and what `body` throws.
    package static func forEachPortion(
        matching pattern: String, _ connection: RedisConnection, _ body: ([String]) async throws -> Void
    ) async throws {
        var cursor = "0"
        for _ in 0..<mostPortions {
            let reply = try await connection.send(
                RedisCommand("SCAN", cursor, "MATCH", pattern, "COUNT", "1000"))
            guard let parts = reply.elements, parts.count == 2, let next = parts[0].string,
                let keys = parts[1].elements?.map(\.string), !keys.contains(nil)
            else { throw RedisError(.protocolError, "SCAN was answered with \(reply)") }
            if !keys.isEmpty { try await body(keys.compactMap { $0 }) }
            if next == "0" { return }
            cursor = next
        }
        throw RedisError(.protocolError, "SCAN does not come to an end")
    }
}

import Processes
import RedisClient

/// The Redis that a cache under test is to use: whether the one that answers is that of the run, from its beginning to
/// its end. What was recorded on another one is worth nothing.
struct SubjectBackend: Sendable {
    private let server: RedisServer
    private let pool: RedisPool
    /// Who answered when the run began.
    private let first: ServerIdentity

    /// - Throws: `RedisError` if it does not answer, ``WorldError`` if it is not the one that was started.
    init(_ server: RedisServer, pool: RedisPool) async throws {
        self.server = server
        self.pool = pool
        first = try await ServerIdentity(of: pool)
        if let mismatch = await server.mismatch(of: first) {
            throw WorldError(.redisUnusable, mismatch, advice: "Run it again")
        }
    }

    /// Asks who answers at the end.
    /// - Parameter injector: what may have started the server again; `nil` if there are no faults.
    /// - Returns: why what was recorded is worth nothing, as a sentence; `nil` if nothing is known against it.
    func doubt(after injector: LiveFaultInjector?) async -> String? {
        if let mismatch = injector?.mismatch { return mismatch }
        let last: ServerIdentity
        do {
            last = try await ServerIdentity(of: pool)
        } catch {
            return "the Redis of this run did not say at its end whether it is the one of its beginning: \(error)"
        }
        // Whatever was started for the run has been written down by now.
        if let mismatch = await server.mismatch(of: last, within: .zero) { return mismatch }
        let expected = injector?.identity ?? first
        guard !last.isCompatible(with: expected) else { return nil }
        return "the Redis that answers at the end is not the one that the run used: it was \(expected), and is \(last)"
    }
}

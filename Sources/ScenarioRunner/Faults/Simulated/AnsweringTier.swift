import CacheHierarchy
import RedisClient

/// The server's end of the simulated ways: carries out what comes over a connection that is still there. What a closed one
/// brought is never looked at, least of all by a server that has come back without its data.
struct AnsweringTier: InterceptingTier {
    /// Over what a request came.
    struct Sender: Sendable {
        let link: SimulatedLink
        let connection: Int
    }

    /// Of the request that the task makes; `nil` for who looks into the server without a connection.
    @TaskLocal static var sender: Sender?

    let data: LocalSharedTier

    func around<Answer: Sendable>(
        _ operation: SharedTierOperation, _ body: @escaping @Sendable (any SharedTier) async throws -> Answer
    ) async throws -> Answer {
        if let sender = Self.sender, !sender.link.isOpen(sender.connection) { throw SimulatedLink.connectionLost }
        return try await body(data)
    }

    func leave(_ instance: String) async { await data.leave(instance) }
}

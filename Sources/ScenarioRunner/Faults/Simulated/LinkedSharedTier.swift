import CacheHierarchy

/// The simulated shared tier as one instance reaches it, over its link.
struct LinkedSharedTier: InterceptingTier {
    let link: SimulatedLink

    func around<Answer: Sendable>(
        _ operation: SharedTierOperation, _ body: @escaping @Sendable (any SharedTier) async throws -> Answer
    ) async throws -> Answer {
        try await link.request(mayNeedMemory: operation.mayNeedMemory, body)
    }

    func join(_ instance: String, lease: Int64, onEvents: @escaping @Sendable ([SharedTierEvent]) -> Void) async throws
    {
        let bus = SimulatedBus(link, onEvents: onEvents)
        try await around(.join) { try await $0.join(instance, lease: lease) { bus.arrive($0) } }
        link.open(bus)
    }

    /// The dead say no goodbye: their leases run out.
    func leave(_ instance: String) async {
        if !link.isSevered { await link.tier.leave(instance) }
    }
}

/// The server's end of the simulated ways. It performs a request only if the connection of the request is still open: a
/// server that comes back without its data must not perform what an earlier connection brought.
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

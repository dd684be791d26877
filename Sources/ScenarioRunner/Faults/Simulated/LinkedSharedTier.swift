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

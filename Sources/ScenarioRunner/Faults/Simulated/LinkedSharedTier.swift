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

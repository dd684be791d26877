import CacheHierarchy

/// The simulated shared tier as one instance reaches it, over its link.
struct LinkedSharedTier: SharedTier {
    let link: SimulatedLink

    func join(_ instance: String, lease: Int64, onEvents: @escaping @Sendable ([SharedTierEvent]) -> Void) async throws
    {
        let bus = SimulatedBus(link, onEvents: onEvents)
        try await link.request { try await $0.join(instance, lease: lease) { bus.arrive($0) } }
        link.open(bus)
    }

    /// The dead say no goodbye: their leases run out.
    func leave(_ instance: String) async {
        if !link.isSevered { await link.tier.leave(instance) }
    }

    func renew(_ instance: String, lease: Int64, applied: Int64) async throws -> Renewal {
        try await link.request(mayNeedMemory: true) { try await $0.renew(instance, lease: lease, applied: applied) }
    }

    func read(_ key: String) async throws -> SharedLookup { try await link.request { try await $0.read(key) } }

    func fill(_ entry: CacheEntry, token: FillToken, lifetime: Int64, ignoringFloors: Bool) async throws -> Bool {
        try await link.request(mayNeedMemory: true) {
            try await $0.fill(entry, token: token, lifetime: lifetime, ignoringFloors: ignoringFloors)
        }
    }

    func announce(_ invalidation: Invalidation) async throws -> Announcement {
        try await link.request(mayNeedMemory: true) { try await $0.announce(invalidation) }
    }

    func acknowledge(_ time: Int64, by instance: String, to sender: String) async throws {
        try await link.request { try await $0.acknowledge(time, by: instance, to: sender) }
    }

    func logicalTime() async throws -> Int64 { try await link.request { try await $0.logicalTime() } }

    func liveInstances() async throws -> Membership { try await link.request { try await $0.liveInstances() } }

    func inspect(_ keys: [String]) async throws -> [String: CacheEntry] {
        try await link.request { try await $0.inspect(keys) }
    }
}

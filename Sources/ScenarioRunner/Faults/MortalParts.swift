import CacheHierarchy

/// The shared tier, as an instance uses it that may stand still or be gone.
struct MortalSharedTier: InterceptingTier {
    let base: any SharedTier
    let life: Lifeline

    func around<Answer: Sendable>(
        _ operation: SharedTierOperation, _ body: @escaping @Sendable (any SharedTier) async throws -> Answer
    ) async throws -> Answer {
        try await life.living { try await body(base) }
    }

    func join(_ instance: String, lease: Int64, onEvents: @escaping @Sendable ([SharedTierEvent]) -> Void) async throws
    {
        let life = life
        try await around(.join) {
            try await $0.join(instance, lease: lease) { events in life.deliver { onEvents(events) } }
        }
    }

    /// Also of the dead: what they held on this side has to be given back.
    func leave(_ instance: String) async { await base.leave(instance) }
}

/// The origin, in the same way.
struct MortalOrigin: Origin {
    let base: any Origin
    let life: Lifeline

    func load(_ key: String) async throws -> OriginRecord { try await life.living { try await base.load(key) } }

    func load(_ keys: [String]) async throws -> [OriginRecord] {
        try await life.living { try await base.load(keys) }
    }

    func commit(_ key: String, value: [UInt8]?, tags: [String]) async throws -> Int64 {
        try await life.living { try await base.commit(key, value: value, tags: tags) }
    }
}

/// The host's disk, in the same way.
struct MortalHostStore: HostStore {
    let base: any HostStore
    let life: Lifeline

    func read(_ key: String, now: Int64) async throws -> CacheEntry? {
        try await life.living { try await base.read(key, now: now) }
    }

    func read(_ keys: [String], now: Int64) async throws -> [CacheEntry?] {
        try await life.living { try await base.read(keys, now: now) }
    }

    func fill(_ entry: CacheEntry, ignoringFloors: Bool) async throws -> HostFill {
        try await life.living { try await base.fill(entry, ignoringFloors: ignoringFloors) }
    }

    func fill(_ entries: [CacheEntry], ignoringFloors: Bool) async throws -> [HostFill] {
        try await life.living { try await base.fill(entries, ignoringFloors: ignoringFloors) }
    }

    func apply(_ invalidations: [StampedInvalidation]) async throws {
        try await life.living { try await base.apply(invalidations) }
    }

    func inspect(_ keys: [String], now: Int64) async throws -> [String: CacheEntry] {
        try await life.living { try await base.inspect(keys, now: now) }
    }
}

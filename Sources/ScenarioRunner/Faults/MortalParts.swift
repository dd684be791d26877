import CacheHierarchy

/// The shared tier, as an instance uses it that may stand still or be gone.
struct MortalSharedTier: SharedTier {
    let base: any SharedTier
    let life: Lifeline

    func join(_ instance: String, lease: Int64, onEvents: @escaping @Sendable ([SharedTierEvent]) -> Void) async throws
    {
        let life = life
        try await life.living {
            try await base.join(instance, lease: lease) { events in life.deliver { onEvents(events) } }
        }
    }

    /// Also of the dead: what they held on this side has to be given back.
    func leave(_ instance: String) async { await base.leave(instance) }

    func renew(_ instance: String, lease: Int64, applied: Int64) async throws -> Renewal {
        try await life.living { try await base.renew(instance, lease: lease, applied: applied) }
    }

    func read(_ key: String) async throws -> SharedLookup { try await life.living { try await base.read(key) } }

    func fill(_ entry: CacheEntry, token: FillToken, lifetime: Int64, ignoringFloors: Bool) async throws -> Bool {
        try await life.living {
            try await base.fill(entry, token: token, lifetime: lifetime, ignoringFloors: ignoringFloors)
        }
    }

    func announce(_ invalidation: Invalidation) async throws -> Announcement {
        try await life.living { try await base.announce(invalidation) }
    }

    func acknowledge(_ time: Int64, by instance: String, to sender: String) async throws {
        try await life.living { try await base.acknowledge(time, by: instance, to: sender) }
    }

    func logicalTime() async throws -> Int64 { try await life.living { try await base.logicalTime() } }

    func liveInstances() async throws -> Membership { try await life.living { try await base.liveInstances() } }

    func inspect(_ keys: [String]) async throws -> [String: CacheEntry] {
        try await life.living { try await base.inspect(keys) }
    }
}

/// The origin, in the same way.
struct MortalOrigin: Origin {
    let base: any Origin
    let life: Lifeline

    func load(_ key: String) async throws -> OriginRecord { try await life.living { try await base.load(key) } }

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

    func fill(_ entry: CacheEntry, ignoringFloors: Bool) async throws -> HostFill {
        try await life.living { try await base.fill(entry, ignoringFloors: ignoringFloors) }
    }

    func apply(_ invalidations: [StampedInvalidation]) async throws {
        try await life.living { try await base.apply(invalidations) }
    }

    func inspect(_ keys: [String], now: Int64) async throws -> [String: CacheEntry] {
        try await life.living { try await base.inspect(keys, now: now) }
    }
}

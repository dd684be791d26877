/// What a ``SharedTier`` is asked for.
package enum SharedTierOperation: Sendable {
    case join, renew, read, fill, announce, acknowledge, logicalTime, liveInstances, inspect

    /// Whether a server without memory refuses it.
    package var mayNeedMemory: Bool {
        switch self {
        case .renew, .fill, .announce: true
        case .join, .read, .acknowledge, .logicalTime, .liveInstances, .inspect: false
        }
    }
}

/// A shared tier that stands before another one. Every operation passes ``around(_:_:)``, which decides whether, when
/// and where it is performed. A conformer writes out only the operations that it treats differently.
package protocol InterceptingTier: SharedTier {
    /// Performs one operation.
    /// - Parameter body: performs it on the tier that it is given.
    func around<Answer: Sendable>(
        _ operation: SharedTierOperation, _ body: @escaping @Sendable (any SharedTier) async throws -> Answer
    ) async throws -> Answer
}

extension InterceptingTier {
    package func join(
        _ instance: String, lease: Int64, onEvents: @escaping @Sendable ([SharedTierEvent]) -> Void
    ) async throws {
        try await around(.join) { try await $0.join(instance, lease: lease, onEvents: onEvents) }
    }

    package func renew(_ instance: String, lease: Int64, applied: Int64) async throws -> Renewal {
        try await around(.renew) { try await $0.renew(instance, lease: lease, applied: applied) }
    }

    package func read(_ key: String) async throws -> SharedLookup {
        try await around(.read) { try await $0.read(key) }
    }

    package func read(_ keys: [String]) async throws -> [SharedLookup] {
        try await around(.read) { try await $0.read(keys) }
    }

    package func fill(
        _ entry: CacheEntry, token: FillToken, lifetime: Int64, ignoringFloors: Bool
    ) async throws -> Bool {
        try await around(.fill) {
            try await $0.fill(entry, token: token, lifetime: lifetime, ignoringFloors: ignoringFloors)
        }
    }

    package func fill(_ fills: [SharedFill], lifetime: Int64, ignoringFloors: Bool) async throws -> [Bool] {
        try await around(.fill) { try await $0.fill(fills, lifetime: lifetime, ignoringFloors: ignoringFloors) }
    }

    package func announce(_ invalidation: Invalidation) async throws -> Announcement {
        try await around(.announce) { try await $0.announce(invalidation) }
    }

    package func acknowledge(_ time: Int64, by instance: String, to sender: String) async throws {
        try await around(.acknowledge) { try await $0.acknowledge(time, by: instance, to: sender) }
    }

    package func logicalTime() async throws -> Int64 {
        try await around(.logicalTime) { try await $0.logicalTime() }
    }

    package func liveInstances() async throws -> Membership {
        try await around(.liveInstances) { try await $0.liveInstances() }
    }

    package func inspect(_ keys: [String]) async throws -> [String: CacheEntry] {
        try await around(.inspect) { try await $0.inspect(keys) }
    }
}

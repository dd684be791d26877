import CacheHierarchy
import RedisClient

/// The server's end of the simulated ways: carries out what comes over a connection that is still there. What a closed one
/// brought is never looked at, least of all by a server that has come back without its data.
struct AnsweringTier: SharedTier {
    /// Over what a request came.
    struct Sender: Sendable {
        let link: SimulatedLink
        let connection: Int
    }

    /// Of the request that the task makes; `nil` for who looks into the server without a connection.
    @TaskLocal static var sender: Sender?

    let data: LocalSharedTier

    private func check() throws {
        guard let sender = Self.sender, !sender.link.isOpen(sender.connection) else { return }
        throw SimulatedLink.connectionLost
    }

    func join(_ instance: String, lease: Int64, onEvents: @escaping @Sendable ([SharedTierEvent]) -> Void) async throws
    {
        try check()
        try await data.join(instance, lease: lease, onEvents: onEvents)
    }

    func leave(_ instance: String) async { await data.leave(instance) }

    func renew(_ instance: String, lease: Int64, applied: Int64) async throws -> Renewal {
        try check()
        return try await data.renew(instance, lease: lease, applied: applied)
    }

    func read(_ key: String) async throws -> SharedLookup {
        try check()
        return try await data.read(key)
    }

    func fill(_ entry: CacheEntry, token: FillToken, lifetime: Int64, ignoringFloors: Bool) async throws -> Bool {
        try check()
        return try await data.fill(entry, token: token, lifetime: lifetime, ignoringFloors: ignoringFloors)
    }

    func announce(_ invalidation: Invalidation) async throws -> Announcement {
        try check()
        return try await data.announce(invalidation)
    }

    func acknowledge(_ time: Int64, by instance: String, to sender: String) async throws {
        try check()
        try await data.acknowledge(time, by: instance, to: sender)
    }

    func logicalTime() async throws -> Int64 {
        try check()
        return try await data.logicalTime()
    }

    func liveInstances() async throws -> Membership {
        try check()
        return try await data.liveInstances()
    }

    func inspect(_ keys: [String]) async throws -> [String: CacheEntry] {
        try check()
        return try await data.inspect(keys)
    }
}

/// Keeps users in memory. Readers of the same user share one load, and keep what it brought only if nobody has written
/// the user meanwhile.
public actor UserCache {
    /// A load that is under way. A write takes its lease away.
    private struct Flight {
        let lease: Int
        let load: Task<String?, any Error>
    }

    private let database: any UserDatabase
    private var users: [String: String] = [:]
    private var flights: [String: Flight] = [:]
    private var writes: [String: Int] = [:]
    private var lastLease = 0

    public init(_ database: any UserDatabase) { self.database = database }

    public func user(_ name: String) async throws -> String? {
        if let user = users[name] { return user }
        if let flight = flights[name] { return try await flight.load.value }
        lastLease += 1
        let lease = lastLease
        let load = Task { [database] in try await database.user(name) }
        flights[name] = Flight(lease: lease, load: load)
        let result = await load.result
        if flights[name]?.lease == lease {
            flights[name] = nil
            // While a write is under way, nobody knows which of the two is newer.
            if case .success(let user?) = result, writes[name] == nil { users[name] = user }
        }
        return try result.get()
    }

    public func save(_ user: String?, as name: String) async throws {
        drop(name)
        writes[name, default: 0] += 1
        defer {
            let rest = (writes[name] ?? 1) - 1
            writes[name] = rest > 0 ? rest : nil
            // Also if it failed: it may have been saved all the same.
            drop(name)
        }
        try await database.save(user, as: name)
    }

    /// Forgets a user, and takes the lease of whoever is loading it.
    public func drop(_ name: String) {
        users[name] = nil
        flights[name] = nil
    }

    /// What is kept of some users.
    public func kept(of names: [String]) -> [String: String] { users.filter { names.contains($0.key) } }
}

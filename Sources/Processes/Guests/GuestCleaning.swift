public import RedisClient

/// Removes what runs that died have left on a Redis, and nothing of those that live.
///
/// A run is alive if it has its lease, or a connection to the server: one that stands still keeps the latter. The lease is
/// looked at once more in the very step that removes keys, and a run has it before it has any other key.
public enum GuestCleaning {
    /// What was found of one run.
    public struct Run: Sendable, Hashable {
        /// Its keys begin with `coherence:run:ID:`.
        public let id: String
        public let isAlive: Bool
        /// How many keys it had.
        public let keys: Int
        /// How many of them were removed.
        public let removed: Int
    }

    /// KEYS: the lease, then others. Removes them all, unless the lease is there; returns how many, or -1.
    private static let removal = RedisScript(
        name: "remove keys of a dead run",
        source: """
            if redis.call('EXISTS', KEYS[1]) == 1 then return -1 end
            local removed = 0
            for i = 2, #KEYS do removed = removed + redis.call('UNLINK', KEYS[i]) end
            return removed
            """)

    /// Goes through the whole keyspace of the database.
    /// - Returns: the runs that had keys, by their ids.
    /// - Throws: `RedisError`.
    public static func clean(_ configuration: RedisConfiguration) async throws -> [Run] {
        var configuration = configuration
        configuration.clientName = "coherence-clean"
        let connection = try await RedisConnection.connect(configuration)
        do {
            let runs = try await clean(connection)
            await connection.close()
            return runs
        } catch {
            await connection.close()
            throw error
        }
    }

    private static func clean(_ connection: RedisConnection) async throws -> [Run] {
        var keys: [GuestIdentity: Set<String>] = [:]
        let pattern = GuestIdentity.start + "*"
        try await GuestKeys.forEachPortion(matching: pattern, connection) { portion in
            for key in portion {
                if let run = GuestIdentity(key: key) { keys[run, default: []].insert(key) }
            }
        }
        guard !keys.isEmpty else { return [] }
        let list = try await connection.send(RedisCommand("CLIENT", "LIST"))
        guard let text = list.string else {
            throw RedisError(.protocolError, "CLIENT LIST was answered with \(list)")
        }
        let names = ConnectionAudit.clients(listed: text).map(\.name)
        var runs: [Run] = []
        for (run, keys) in keys.sorted(by: { $0.key.id < $1.key.id }) {
            let isConnected = names.contains { run.owns(connection: $0) }
            let removed = isConnected ? nil : try await remove(keys, of: run, connection)
            runs.append(Run(id: run.id, isAlive: removed == nil, keys: keys.count, removed: removed ?? 0))
        }
        return runs
    }

    /// - Returns: how many were removed; `nil` if the run is alive.
    private static func remove(
        _ keys: Set<String>, of run: GuestIdentity, _ connection: RedisConnection
    ) async throws -> Int? {
        var removed = 0
        var rest = keys.subtracting([run.leaseKey]).sorted()[...]
        repeat {
            let names: [RedisArgument] = ([run.leaseKey] + rest.prefix(500)).map { .string($0) }
            let reply = try await connection.run(removal, keys: names)
            guard let number = reply.integerValue else {
                throw RedisError(.protocolError, "the removal of keys was answered with \(reply)")
            }
            guard number >= 0 else { return nil }
            removed += Int(min(number, 500))
            rest = rest.dropFirst(500)
        } while !rest.isEmpty
        return removed
    }
}

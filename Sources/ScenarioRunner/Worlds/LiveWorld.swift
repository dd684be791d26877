import CacheHierarchy
import Foundation
import RedisClient
import Scenarios

/// The world of real parts: a Redis server, SQLite files for the hosts' disks and the origin, the monotonic clock.
struct LiveWorld: WorldSurroundings {
    private let pool: RedisPool
    /// Before the names of the cluster's connections.
    private let prefix: String
    /// Where its keys are.
    private let namespace: RedisNamespace
    private let folder: String

    /// Puts a cluster together.
    /// - Parameters:
    ///   - prefix: before the names of this cluster's connections, instances and files; no other uses it.
    ///   - application: whose keys they are on the server; by default the prefix.
    ///   - director: decides the order in which the tasks of the cluster take their turns; `nil`, as usual, for the
    ///     system.
    static func build(
        _ scenario: Scenario, server: RedisServer, prefix: String, application: String? = nil, defects: Set<Defect>,
        director: Director? = nil
    ) async throws -> RunningCluster {
        let cluster = scenario.cluster
        let folder = "\(server.caretaker.folder)/\(prefix)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var connection = server.configuration
        connection.clientName = "\(prefix).pool"
        let pool = RedisPool(connection)
        let longestLifetime = HierarchyConfiguration(cluster, in: .live, defects: []).longestLifetime
        let name = application ?? prefix
        let namespace = defects.contains(.rawPrefix) ? RedisNamespace(raw: name) : try RedisNamespace(name)
        let tier = RedisSharedTier.Configuration(
            namespace: namespace, tagFloorLifetime: longestLifetime + 60_000_000_000,
            holdLifetime: cluster.holdLifetime,
            dataLifetime: server.isPrivate ? nil : guestDataLifetime)
        var hosts: [any HostStore] = []
        if let disk = cluster.declaration(of: .l3) {
            for host in 0..<cluster.hosts {
                hosts.append(
                    try SQLiteHostStore(
                        path: "\(folder)/host-\(host).sqlite", capacity: disk.capacity ?? RunningCluster.defaultCapacity
                    ))
            }
        }
        let injector =
            scenario.faults.isEmpty
            ? nil : try await LiveFaultInjector(scenario, server: server, pool: pool, tier: tier)
        let parts = RunningCluster.Parts(
            world: .live, origin: try SQLiteOrigin(path: "\(folder)/origin.sqlite"),
            shared: RedisSharedTier(tier, pool: pool, server: server.configuration), hosts: hosts, clock: HostClock(),
            surroundings: LiveWorld(pool: pool, prefix: prefix, namespace: namespace, folder: folder), prefix: prefix,
            injector: injector)
        return try await RunningCluster(
            scenario, of: director.map { parts.directed(by: $0) } ?? parts, defects: defects)
    }

    /// On a server that is not ours every key disappears by itself after this, in nanoseconds, should the run be killed.
    private static let guestDataLifetime: Int64 = 120_000_000_000

    func roundTrip() async throws { _ = try await pool.send(RedisCommand("PING")) }

    func amount(of resource: Resource) async -> Int? {
        switch resource {
        case .connections: await connections()
        case .memory: ResidentMemory.bytes()
        case .redisKeys: await keys()
        }
    }

    private func connections() async -> Int? {
        guard let list = try? await pool.send(RedisCommand("CLIENT", "LIST")).string else { return nil }
        return list.split(separator: "\n").count { line in
            line.split(separator: " ").contains { $0.hasPrefix("name=\(prefix).") }
        }
    }

    private func keys() async -> Int? {
        // A scan may return a key twice.
        var keys: Set<String> = []
        do {
            try await forEachPortionOfKeys { keys.formUnion($0) }
        } catch {
            return nil
        }
        return keys.count
    }

    func remove() async {
        // If Redis is away there is nothing to be done; on a server that is not ours the keys expire.
        try? await forEachPortionOfKeys { keys in
            _ = try await pool.send(RedisCommand(parts: ["DEL"] + keys))
        }
        await pool.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Goes through the keys of this cluster on the server, a thousand or so at a time.
    private func forEachPortionOfKeys(_ body: ([String]) async throws -> Void) async throws {
        var cursor = "0"
        repeat {
            let reply = try await pool.send(
                RedisCommand("SCAN", cursor, "MATCH", namespace.keyPattern, "COUNT", "1000"))
            guard let parts = reply.elements, parts.count == 2, let next = parts[0].string else { return }
            cursor = next
            let keys = parts[1].elements?.compactMap(\.string) ?? []
            if !keys.isEmpty { try await body(keys) }
        } while cursor != "0"
    }
}

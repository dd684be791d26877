import CacheHierarchy
import CacheProviders
import Foundation
import History
import Processes
import RedisClient
import Scenarios

/// The world of real parts: a Redis server, SQLite files for the hosts' disks and the origin, the monotonic clock.
struct LiveWorld: WorldSurroundings {
    let pool: RedisPool
    /// Before the names of the cluster's connections.
    let prefix: String
    /// Where its keys are.
    let namespace: RedisNamespace
    /// Where the files of the cluster are; `nil` if they are another process's to remove.
    let folder: String?
    /// The processes that are instances; `nil` if instances are tasks.
    var registry: ProcessRegistry?
    /// The providers' way to Redis, if the cluster is made of some that use one.
    var manager: RedisManager?
    /// What is known of the managers that the scenario declares.
    var managerWatch: ManagerWatch?

    /// The origin's file.
    static func origin(in folder: String) -> String { "\(folder)/origin.sqlite" }
    /// The file of a host's L3.
    static func host(_ number: Int, in folder: String) -> String { "\(folder)/host-\(number).sqlite" }

    func roundTrip() async throws { _ = try await pool.send(RedisCommand("PING")) }

    func amount(of resource: Resource) async -> Int? {
        switch resource {
        case .connections: await connections()
        case .memory: memory()
        case .redisKeys: await keys()
        }
    }

    /// Of this process and of all that are instances.
    private func memory() -> Int? {
        let instances = (registry?.alive ?? []).map { ResidentMemory.bytes(of: $0) }
        let all = [ResidentMemory.bytes()] + instances
        return all.contains(nil) ? nil : all.reduce(0) { $0 + ($1 ?? 0) }
    }

    private func connections() async -> Int? {
        guard let list = try? await pool.send(RedisCommand("CLIENT", "LIST")).string else { return nil }
        return ConnectionAudit.clients(listed: list).count { client in
            client.name.hasPrefix("\(prefix).") || managerWatch?.isManaged(client.name) == true
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
        // What is left when the run was interrupted, or Redis is away, goes when the server is closed. A server that
        // stands still would only be waited for here.
        if !Task.isCancelled {
            try? await forEachPortionOfKeys { keys in
                _ = try await pool.send(RedisCommand(parts: ["UNLINK"] + keys))
            }
        }
        await pool.close()
        await manager?.close()
        managerWatch?.conclude()
        if let folder { try? FileManager.default.removeItem(atPath: folder) }
    }

    /// Goes through the keys of this cluster on the server.
    private func forEachPortionOfKeys(_ body: ([String]) async throws -> Void) async throws {
        try await pool.withConnection { connection in
            try await GuestKeys.forEachPortion(matching: namespace.keyPattern, connection, body)
        }
    }
}

extension WorldError {
    static let noProgram = WorldError(
        .hostUnusable, "the scenario's instances are to be processes, and no program is known that could be one",
        advice: "Run it with the command coherence, or say which program to start")
}

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

    /// Puts a cluster together.
    /// - Parameters:
    ///   - prefix: before the names of this cluster's connections, instances and files; no other uses it.
    ///   - application: whose keys they are on the server; by default the prefix.
    ///   - budget: decides how long keys may outlive the run on a server that is not its own.
    ///   - keeper: has the process's one manager if the scenario declares that; the caller closes it when all who
    ///     share it are gone.
    ///   - program: what is started for an instance that is to be a process.
    ///   - director: decides the order in which the tasks of the cluster take their turns; `nil`, as usual, for the
    ///     system. It knows the tasks of this process only, so all instances are among them.
    static func build(
        _ scenario: Scenario, server: RedisServer, prefix: String, application: String? = nil, defects: Set<Defect>,
        budget: RunBudget? = nil, keeper: ManagerKeeper? = nil, program: InstanceProgram? = nil,
        director: Director? = nil
    ) async throws -> RunningCluster {
        let cluster = scenario.cluster
        let server = server.allowing(scenario.replyLimits)
        let folder = "\(server.caretaker.folder)/\(prefix)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var connection = server.configuration
        connection.clientName = prefix + ConnectionLedger.control
        let pool = RedisPool(connection)
        let name = application ?? prefix
        let namespace =
            defects.contains(.rawPrefix)
            ? RedisNamespace(raw: name, after: server.keyStart) : RedisNamespace(name, after: server.keyStart)
        let keyLifetime = server.keyLifetime(budget ?? RunBudget(for: scenario))?.nanoseconds
        let tier = RedisSharedTier.Configuration(
            namespace: namespace, holdLifetime: cluster.holdLifetime,
            dataLifetime: keyLifetime,
            isBoundToServer: !defects.contains(.laggingReplicaBelieved),
            bus: cluster.bus == .streams ? .streams(length: cluster.busLength) : .pubSub)
        var hosts: [any HostStore] = []
        if let disk = cluster.declaration(of: .l3) {
            for host in 0..<cluster.hosts {
                hosts.append(
                    try SQLiteHostStore(
                        path: Self.host(host, in: folder), capacity: disk.capacity ?? RunningCluster.defaultCapacity
                    ))
            }
        }
        let storage = Self.origin(in: folder)
        let origin = try SQLiteOrigin(path: storage)
        let isOfProcesses = cluster.placement == .processes && director == nil
        let (managed, managerWatch) = try await Self.managed(
            scenario, keeper, server: server, prefix: prefix, folder: isOfProcesses ? folder : nil, defects: defects)
        let manager =
            try managed?.manager
            ?? cluster.provider.flatMap { try providerManager($0, server: server, prefix: prefix) }
        let storageTier = try cluster.provider.map {
            try StorageTier(
                path: storage, manager: manager, health: ProviderHealth($0, logger: providerLogger),
                namespace: namespace, longestLifetime: keyLifetime ?? .max)
        }
        let injector =
            scenario.faults.isEmpty
            ? nil
            : try await LiveFaultInjector(scenario, server: server, pool: pool, tier: tier) { _ in
                if let storageTier { return CommonLink(shared: storageTier) }
                return managed.map { ManagedLink(tier, on: $0) }
            }
        let registry = isOfProcesses ? ProcessRegistry(server.caretaker) : nil
        let seating = try registry.map { registry in
            guard let program else { throw WorldError.noProgram }
            return ProcessSeating(
                program: program, scenario: scenario, defects: defects, prefix: prefix, folder: folder,
                server: server.configuration, tier: tier, injector: injector, registry: registry)
        }
        let parts = RunningCluster.Parts(
            world: .live, origin: origin,
            shared: storageTier ?? managed.map { RedisSharedTier(tier, service: $0.makeService().service) }
                ?? RedisSharedTier(tier, pool: pool, server: server.configuration), hosts: hosts,
            clock: HostClock(),
            surroundings: LiveWorld(
                pool: pool, prefix: prefix, namespace: namespace, folder: folder, registry: registry,
                manager: managed == nil ? manager : nil, managerWatch: managerWatch),
            prefix: prefix, injector: injector, seating: seating)
        return try await RunningCluster(
            scenario, of: director.map { parts.directed(by: $0) } ?? parts, defects: defects)
    }

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
        // What is left when the run was interrupted, or Redis is away, goes when the server is closed. A server that stands
        // still would only be waited for here.
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

import CacheHierarchy
import CacheProviders
import Foundation
import History
import Logging
import Processes
import RedisClient
import Scenarios

/// A cluster of a scenario as it is to be put together from real parts. Each part has one builder.
struct LiveDeployment: Sendable {
    let scenario: Scenario
    /// Allows replies as long as the scenario needs.
    let server: RedisServer
    /// Before the names of this cluster's connections, instances and files; no other uses it.
    let prefix: String
    /// Whose keys they are on the server; by default the prefix.
    var application: String?
    /// Deliberate bugs, for showing that they are caught.
    var defects: Set<Defect>
    /// Decides how long keys may outlive the run on a server that is not its own.
    var budget: RunBudget?
    /// Has the process's one manager if the scenario declares that; the caller closes it when all that share it are
    /// gone.
    var keeper: ManagerKeeper?
    /// What is started for an instance that is to be a process.
    var program: InstanceProgram?
    /// Decides the order in which the tasks of the cluster take their turns; `nil`, as usual, for the system. It knows
    /// the tasks of this process only, so all instances are among them.
    var director: Director?

    init(_ scenario: Scenario, on server: RedisServer, prefix: String, defects: Set<Defect> = []) {
        self.scenario = scenario
        self.server = server.allowing(scenario.replyLimits)
        self.prefix = prefix
        self.defects = defects
    }

    /// The way to the server that the instances share in place of one each.
    private enum SharedWay {
        /// Each instance has a way of its own.
        case own
        /// The providers have one tier.
        case storage(StorageTier)
        /// The scenario declares a manager, which the instances of this process share.
        case managed(ManagedRedis)
    }

    /// Starts the cluster.
    /// - Throws: what the server, the disk or an instance throws; nothing is left then.
    func build() async throws -> RunningCluster {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let pool = RedisPool(connection)
        let namespace = namespace
        let tier = tier(in: namespace)
        let hosts = try hosts()
        let origin = try SQLiteOrigin(path: LiveWorld.origin(in: folder))
        let (managed, managerWatch) = try await managed()
        let providerManager = try managed == nil ? providerManager() : nil
        let way = try way(managed, providerManager, in: namespace)
        let injector = try await injector(on: way, pool: pool, tier: tier)
        let registry = isOfProcesses ? ProcessRegistry(server.caretaker) : nil
        let parts = RunningCluster.Parts(
            world: .live, origin: origin, shared: shared(by: way, pool: pool, tier: tier), hosts: hosts,
            clock: HostClock(),
            surroundings: LiveWorld(
                pool: pool, prefix: prefix, namespace: namespace, folder: folder, registry: registry,
                manager: providerManager, managerWatch: managerWatch),
            prefix: prefix, injector: injector,
            seating: try registry.map { try seating(in: $0, tier: tier, injector: injector) })
        return try await RunningCluster(
            scenario, of: director.map { parts.directed(by: $0) } ?? parts, defects: defects)
    }

    // MARK: Where things are

    private var cluster: Cluster { scenario.cluster }
    private var folder: String { "\(server.caretaker.folder)/\(prefix)" }
    private var isOfProcesses: Bool { cluster.placement == .processes && director == nil }
    /// How long keys may outlive the run, in nanoseconds; `nil` if the server is the run's own.
    private var keyLifetime: Int64? { server.keyLifetime(budget ?? RunBudget(for: scenario))?.nanoseconds }

    private var connection: RedisConfiguration {
        var connection = server.configuration
        connection.clientName = prefix + ConnectionLedger.control
        return connection
    }

    private var namespace: RedisNamespace {
        let name = application ?? prefix
        if defects.contains(.rawPrefix) { return RedisNamespace(raw: name, after: server.keyStart) }
        return RedisNamespace(name, after: server.keyStart)
    }

    // MARK: Parts

    private func tier(in namespace: RedisNamespace) -> RedisSharedTier.Configuration {
        RedisSharedTier.Configuration(
            namespace: namespace, holdLifetime: cluster.holdLifetime, dataLifetime: keyLifetime,
            isBoundToServer: !defects.contains(.laggingReplicaBelieved),
            bus: cluster.bus == .streams ? .streams(length: cluster.busLength) : .pubSub)
    }

    /// The disks of the hosts; none if the cluster has no L3.
    private func hosts() throws -> [any HostStore] {
        guard let disk = cluster.declaration(of: .l3) else { return [] }
        let capacity = disk.capacity ?? RunningCluster.defaultCapacity
        return try (0..<cluster.hosts).map {
            try SQLiteHostStore(path: LiveWorld.host($0, in: folder), capacity: capacity)
        }
    }

    /// The one manager of this process as the scenario declares it, and what watches it.
    /// - Returns: nothing if the scenario declares none; no manager if each process has its own.
    private func managed() async throws -> (redis: ManagedRedis?, watch: ManagerWatch?) {
        guard let declaration = cluster.manager else { return (nil, nil) }
        if isOfProcesses {
            // Instances that are processes write about theirs into the folder.
            let watch = ManagerWatch(
                limit: declaration.connections, folder: folder, server: server, application: prefix)
            return (nil, watch)
        }
        guard let keeper else { preconditionFailure("whoever declares a manager says how long it is kept") }
        let redis = try await keeper.open(declaration, for: scenario, server: server, defects: defects)
        return (redis, ManagerWatch(of: redis, server: server, application: keeper.application))
    }

    /// The providers' own way to the server; `nil` without providers, and for those that need none.
    /// - Throws: `RedisError` if the process has another one to that server.
    private func providerManager() throws -> RedisManager? {
        guard let kind = cluster.provider, kind.usesRedis else { return nil }
        var configuration = server.configuration
        configuration.clientName = "\(prefix).cache"
        // As the settings of a provider have it when they say nothing.
        configuration.connectTimeout = ProviderSettings.defaultRedisTimeout
        configuration.commandTimeout = ProviderSettings.defaultRedisTimeout
        return try RedisManager.shared(configuration)
    }

    private func way(
        _ managed: ManagedRedis?, _ providerManager: RedisManager?, in namespace: RedisNamespace
    ) throws -> SharedWay {
        guard let kind = cluster.provider else { return managed.map { .managed($0) } ?? .own }
        // A run tells of its faults itself.
        let silent = Logger(label: "cache-provider") { _ in SwiftLogNoOpLogHandler() }
        return .storage(
            try StorageTier(
                path: LiveWorld.origin(in: folder), manager: managed?.manager ?? providerManager,
                health: ProviderHealth(kind, logger: silent), namespace: namespace,
                longestLifetime: keyLifetime ?? .max))
    }

    /// - Returns: `nil` if the scenario declares no faults.
    private func injector(
        on way: SharedWay, pool: RedisPool, tier: RedisSharedTier.Configuration
    ) async throws -> LiveFaultInjector? {
        if scenario.faults.isEmpty { return nil }
        return try await LiveFaultInjector(scenario, server: server, pool: pool, tier: tier) { _ in
            switch way {
            case .own: nil
            case .storage(let storage): CommonLink(shared: storage)
            case .managed(let managed): ManagedLink(tier, on: managed)
            }
        }
    }

    private func shared(
        by way: SharedWay, pool: RedisPool, tier: RedisSharedTier.Configuration
    ) -> any SharedTier {
        switch way {
        case .own: RedisSharedTier(tier, pool: pool, server: server.configuration)
        case .storage(let storage): storage
        case .managed(let managed): RedisSharedTier(tier, service: managed.makeService().service)
        }
    }

    /// - Throws: ``WorldError/noProgram`` if nobody has said what to start.
    private func seating(
        in registry: ProcessRegistry, tier: RedisSharedTier.Configuration, injector: LiveFaultInjector?
    ) throws -> any Seating {
        guard let program else { throw WorldError.noProgram }
        return ProcessSeating(
            program: program, scenario: scenario, defects: defects, prefix: prefix, folder: folder,
            server: server.configuration, tier: tier, injector: injector, registry: registry)
    }
}

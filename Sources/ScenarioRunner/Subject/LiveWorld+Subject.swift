import AdapterProtocol
import CacheHierarchy
import Foundation
import History
import Judging
import Processes
import RedisClient
import Scenarios
import Support

extension LiveWorld {
    /// Puts a cluster of a cache under test together: its processes, a way to Redis for each, and the origin, which is
    /// the runner's.
    static func build(
        _ scenario: Scenario, of subject: SubjectDeclaration, server: RedisServer, prefix: String, application: String?,
        budget: RunBudget, seed: UInt64, local: LocalSubject? = nil
    ) async throws -> RunningCluster {
        let server = server.allowing(scenario.replyLimits)
        let folder = "\(server.caretaker.folder)/\(prefix)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var connection = server.configuration
        connection.clientName = prefix + ConnectionLedger.control
        let pool = RedisPool(connection)
        let namespace = RedisNamespace(application ?? prefix, after: server.keyStart)
        let forwarder = try Forwarder { [endpoint = server.configuration.endpoint] in Socket.connect(to: endpoint) }
        let registry = ProcessRegistry(server.caretaker, leadsGroups: true)
        let recorder = Recorder(
            keys: scenario.keysInUse.map(\.name), tagSets: scenario.data.map(\.tags), isTimed: true)
        let origin = SubjectOrigin(
            scenario.keysInUse, delay: subject.originDelay, recorder: recorder, seed: seed)
        let tier = RedisSharedTier.Configuration(
            namespace: namespace, dataLifetime: server.keyLifetime(budget)?.nanoseconds)
        let world = LiveWorld(pool: pool, prefix: prefix, namespace: namespace, folder: folder)
        let injector: LiveFaultInjector?
        let backend: SubjectBackend
        do {
            backend = try await SubjectBackend(server, pool: pool)
            injector =
                scenario.faults.isEmpty
                ? nil : try await LiveFaultInjector(scenario, server: server, pool: pool, tier: tier)
        } catch {
            await world.remove()
            await forwarder.stop()
            throw error
        }
        let surroundings = SubjectSurroundings(
            world: world, registry: registry, forwarder: forwarder, backend: backend, injector: injector,
            isLocal: local != nil)
        let troubles = TroubleLedger()
        let processes = SubjectSeating(
            scenario: scenario, subject: subject, prefix: prefix, folder: folder, server: server.configuration,
            namespace: namespace, forwarder: forwarder, origin: origin, registry: registry, troubles: troubles,
            seed: seed)
        let parts = RunningCluster.Parts(
            world: .live, origin: origin, shared: LocalSharedTier(clock: HostClock()), hosts: [], clock: HostClock(),
            surroundings: surroundings, prefix: prefix, injector: injector,
            seating: local.map { LocalSeating(live: processes, subject: $0) } ?? processes, troubles: troubles)
        return try await RunningCluster(scenario, of: parts, defects: [], recorder: recorder)
    }
}

/// What a cluster of a cache under test stands in.
private struct SubjectSurroundings: WorldSurroundings {
    let world: LiveWorld
    let registry: ProcessRegistry
    let forwarder: Forwarder
    let backend: SubjectBackend
    let injector: LiveFaultInjector?
    /// Whether the cache under test is part of this process.
    var isLocal = false

    func doubt() async -> String? { await backend.doubt(after: injector) }

    func roundTrip() async throws { try await world.roundTrip() }

    func amount(of resource: Resource) async -> Int? {
        switch resource {
        case .memory where isLocal: return ResidentMemory.bytes()
        case .memory:
            // The command may be a shell that has started the cache. Who has just ended takes nothing.
            let amounts = registry.family.compactMap { ResidentMemory.bytes(of: $0) }
            return amounts.isEmpty ? nil : amounts.reduce(0, +)
        case .redisKeys: return await world.amount(of: resource)
        // Its connections have names of its own.
        case .connections: return nil
        }
    }

    func remove() async {
        await world.remove()
        await forwarder.stop()
    }
}

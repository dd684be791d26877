import CacheHierarchy
import History
import Scenarios
import Simulation

/// A cluster of the reference cache as a scenario declares it, made of the parts of some world, with everything that a run
/// needs of it.
final class RunningCluster: Sendable {
    /// The parts that differ from world to world.
    struct Parts: Sendable {
        let world: World
        let origin: any SeededOrigin
        let shared: any SharedTier
        /// One for each host; none if the cluster has no L3.
        let hosts: [any HostStore]
        let clock: any CacheClock
        let surroundings: any WorldSurroundings
        /// Before the names of the instances.
        let prefix: String
    }

    /// Of an L3 whose capacity is not declared.
    static let defaultCapacity = 10_000

    let world: World
    let clients: [Client]
    let instances: [CacheInstance]
    /// Which host each instance runs on.
    let hostOfInstance: [Int]
    let origin: any SeededOrigin
    let shared: any SharedTier
    let recorder: Recorder
    let ledger: InvalidationLedger
    let clock: any CacheClock
    let surroundings: any WorldSurroundings
    let observers: [SharedRecordingObserver]

    /// Starts the instances and makes their workers.
    /// - Parameter defects: deliberate bugs of the cache, for showing that they are caught.
    /// - Throws: what the shared tier throws if an instance cannot join; nothing is left then.
    init(_ scenario: Scenario, of parts: Parts, defects: Set<Defect>) async throws {
        let cluster = scenario.cluster
        let configuration = HierarchyConfiguration(cluster, in: parts.world, defects: defects)
        let recorder = Recorder(keys: scenario.keysInUse.map(\.name))
        let ledger = InvalidationLedger()
        var instances: [CacheInstance] = []
        var observers: [SharedRecordingObserver] = []
        var clients: [Client] = []
        do {
            for number in 0..<cluster.instances {
                let observer = SharedRecordingObserver(recorder.makeTrack(instance: Int32(number)))
                let id = "\(parts.prefix).i\(number)"
                let instance = try await Simulation.confined(to: SimulatedPart.instance(id), always: .work(id)) {
                    try await CacheInstance.start(
                        id: id, configuration: configuration, origin: parts.origin, shared: parts.shared,
                        host: parts.hosts.isEmpty ? nil : parts.hosts[cluster.host(ofInstance: number)],
                        clock: parts.clock, observer: observer)
                }
                instances.append(instance)
                observers.append(observer)
                for _ in 0..<cluster.workers {
                    let track = recorder.makeTrack(instance: Int32(number), worker: Int32(clients.count))
                    clients.append(
                        Client(
                            number: clients.count, instance: instance, track: track, ledger: ledger, clock: parts.clock)
                    )
                }
            }
        } catch {
            for instance in instances { await instance.stop() }
            await parts.surroundings.remove()
            throw error
        }
        world = parts.world
        self.clients = clients
        self.instances = instances
        hostOfInstance = instances.indices.map { cluster.host(ofInstance: $0) }
        origin = parts.origin
        shared = parts.shared
        self.recorder = recorder
        self.ledger = ledger
        clock = parts.clock
        surroundings = parts.surroundings
        self.observers = observers
    }

    /// Stops the cluster and removes what it left.
    func tearDown() async {
        for instance in instances { await instance.stop() }
        await surroundings.remove()
    }

    /// Returns when every instance has applied all that was announced before, or has had the time of two leases to.
    func settle() async {
        guard let first = instances.first, let time = try? await shared.logicalTime() else { return }
        let deadline = clock.now() + 2 * first.configuration.lease
        for instance in instances { await instance.waitUntilApplied(time, deadline: deadline) }
    }
}

/// An origin that can be given its first contents at once.
protocol SeededOrigin: Origin {
    /// - Returns: the versions, in the order of the records.
    func seed(_ records: [(key: String, value: [UInt8], tags: [String])]) async throws -> [Int64]
}

extension SQLiteOrigin: SeededOrigin {}

/// What a cluster stands in, beyond the seams of the cache.
protocol WorldSurroundings: Sendable {
    /// Goes to the shared server and back, as the shortest command would.
    func roundTrip() async throws
    /// How much of a resource is in use; `nil` if it cannot be measured.
    func amount(of resource: Resource) async -> Int?
    /// Removes what the cluster left on servers and disks.
    func remove() async
}

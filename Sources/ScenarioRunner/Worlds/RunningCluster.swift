import CacheHierarchy
import History
import Judging
import Scenarios
import Simulation

/// A cluster of the reference cache as a scenario declares it, made of the parts of some world, with everything that a
/// run needs of it.
final class RunningCluster: Sendable {
    /// The parts that differ from world to world.
    struct Parts: Sendable {
        let world: World
        var origin: any SeededOrigin
        let shared: any SharedTier
        /// One for each host; none if the cluster has no L3.
        let hosts: [any HostStore]
        let clock: any CacheClock
        let surroundings: any WorldSurroundings
        /// Before the names of the instances.
        let prefix: String
        /// How to make things go wrong; `nil` if nothing shall.
        let injector: (any FaultInjector)?
        /// How instances are started that are no tasks of this process.
        var seating: (any Seating)?
        /// Whether the instances tell of their steps (`StepHints`). False for a cache that does not, or is to be taken
        /// for one.
        var cacheTells = true
        /// Collects why operations failed.
        var troubles = TroubleLedger()
    }

    /// Of an L3 whose capacity is not declared.
    static let defaultCapacity = 10_000

    let world: World
    let declaration: Cluster
    let clients: [any ScenarioWorker]
    let members: [any InstanceSeat]
    let origin: any SeededOrigin
    let shared: any SharedTier
    let recorder: Recorder
    let ledger: InvalidationLedger
    let clock: any CacheClock
    let surroundings: any WorldSurroundings
    let injector: (any FaultInjector)?
    /// What is wrong with the origin.
    let originCondition: OriginCondition
    /// Whether the instances tell of their steps.
    let cacheTells: Bool
    /// What the values were, for scenarios whose data is made of records.
    let contents: ContentLedger?
    /// Collects why operations failed.
    let troubles: TroubleLedger

    /// Starts the instances and makes their workers.
    /// - Parameters:
    ///   - defects: deliberate bugs of the cache, for showing that they are caught.
    ///   - given: the recorder, if the parts already use one.
    /// - Throws: what the shared tier throws if an instance cannot join; nothing is left then.
    init(_ scenario: Scenario, of parts: Parts, defects: Set<Defect>, recorder given: Recorder? = nil) async throws {
        let cluster = scenario.cluster
        let condition = (parts.origin as? SubjectOrigin)?.condition ?? OriginCondition(clock: parts.clock)
        var parts = parts
        if parts.seating == nil, scenario.faults.contains(where: \.concernsOrigin) {
            parts.origin = DisturbedOrigin(base: parts.origin, condition: condition)
        }
        let starter = InstanceStarter(
            parts: parts, configuration: HierarchyConfiguration(cluster, in: parts.world, defects: defects),
            cluster: cluster, isSkewed: scenario.hasSkew, watchesCommits: scenario.crashesAtCommits,
            schemas: SchemaTable(scenario.keysInUse))
        let recorder =
            given
            ?? Recorder(
                keys: scenario.keysInUse.map(\.name), tagSets: scenario.data.map(\.tags), isTimed: parts.world == .live)
        let ledger = InvalidationLedger()
        let contents = scenario.data.contains { !$0.records.isEmpty } ? ContentLedger() : nil
        let seating =
            parts.seating
            ?? TaskSeating(
                starter: starter, contents: contents, observesBus: scenario.asksForDelivery, troubles: parts.troubles)
        var members: [any InstanceSeat] = []
        var clients: [any ScenarioWorker] = []
        do {
            for number in 0..<cluster.instances {
                let (member, workers) = try await seating.seat(
                    number, of: cluster, recorder: recorder, ledger: ledger)
                members.append(member)
                clients += workers
            }
        } catch {
            await Self.stop(members, in: parts.world)
            await parts.injector?.remove()
            await parts.surroundings.remove()
            throw error
        }
        world = parts.world
        declaration = cluster
        self.clients = clients
        self.members = members
        origin = parts.origin
        shared = parts.shared
        self.recorder = recorder
        self.ledger = ledger
        clock = parts.clock
        surroundings = parts.surroundings
        injector = parts.injector
        originCondition = condition
        cacheTells = parts.cacheTells
        self.contents = contents
        troubles = parts.troubles
    }

    /// The origin of a cache under test; `nil` for that of the reference cache.
    var subjectOrigin: SubjectOrigin? { origin as? SubjectOrigin }

    /// The cache under test, if it is not the reference cache.
    var subject: SubjectRecord? {
        let seats = members.compactMap { $0 as? SubjectSeat }
        guard var record = seats.first?.record else { return nil }
        let times = seats.map(\.times)
        let underWay = times.reduce(0) { $0 + $1.underWay }
        let inCache = times.reduce(0) { $0 + $1.inCache }
        if underWay > 0 { record.shareOnTheWay = min(1, max(0, 1 - inCache / underWay)) }
        return record
    }

    /// - Throws: ``InstanceDeath`` if an instance is gone and nobody meant it to be, or ended badly.
    func checkIsAlive() throws {
        for member in members { try member.checkIsAlive() }
    }

    /// Why what was recorded is worth nothing, as a sentence; `nil` if nothing is known against it.
    func doubt() async -> String? {
        if let doubt = await surroundings.doubt() { return doubt }
        for member in members {
            if let doubt = await (member as? SubjectSeat)?.doubt() { return doubt }
        }
        return nil
    }

    /// What adapters have not answered, a sentence for each instance.
    var silences: [String] { members.compactMap { ($0 as? SubjectSeat)?.silence } }

    /// Stops the cluster and removes what it left.
    func tearDown() async {
        await stopInstances()
        await removeTraces()
    }

    /// Ends all instances. Nothing is recorded after that.
    func stopInstances() async {
        await Self.stop(members, in: world)
    }

    /// Side by side, as one may take its time. In virtual time, which needs none, one after the other.
    private static func stop(_ members: [any InstanceSeat], in world: World) async {
        guard world == .live else {
            for member in members { await member.stop() }
            return
        }
        await withTaskGroup { group in
            for member in members { group.addTask { await member.stop() } }
        }
    }

    /// Removes what the cluster left on servers and disks.
    func removeTraces() async {
        await injector?.remove()
        await surroundings.remove()
    }

    /// Returns when every instance has applied all that was announced before, or has had the time of two leases to.
    /// - Throws: if an instance is gone.
    func settle() async throws {
        guard let time = try? await shared.logicalTime() else { return }
        let deadline = clock.now() + 2 * declaration.lease.nanoseconds
        for member in members { try await member.settle(time, deadline: deadline) }
    }
}

/// An origin that can be given its first contents at once, and whose rows can be changed in place.
protocol SeededOrigin: Origin {
    /// Replaces the value of a key by what becomes of it, in one step.
    func update(
        _ key: String, tags: [String], _ change: @escaping @Sendable ([UInt8]?) -> [UInt8]?
    ) async throws -> Int64
    /// - Returns: the versions, in the order of the records.
    func seed(_ records: [(key: String, value: [UInt8], tags: [String])]) async throws -> [Int64]
}

extension SQLiteOrigin: SeededOrigin {}
extension MemoryOrigin: SeededOrigin {}

/// What a cluster stands in, beyond the seams of the cache.
protocol WorldSurroundings: Sendable {
    /// Goes to the shared server and back, as the shortest command would.
    func roundTrip() async throws
    /// How much of a resource is in use; `nil` if it cannot be measured.
    func amount(of resource: Resource) async -> Int?
    /// What is known of the managers that the scenario declares; `nil` if it declares none.
    var managerWatch: ManagerWatch? { get }
    /// Why what was recorded may not be of the server of this run, as a sentence; `nil` if nothing is known against it.
    func doubt() async -> String?
    /// Removes what the cluster left on servers and disks.
    func remove() async
}

extension WorldSurroundings {
    var managerWatch: ManagerWatch? { nil }
    func doubt() async -> String? { nil }
}

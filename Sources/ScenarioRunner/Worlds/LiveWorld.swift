import CacheHierarchy
import Foundation
import History
import RedisClient
import Scenarios

/// One cluster of the reference cache on real parts: a Redis server, SQLite files for the hosts' disks and the origin, the
/// monotonic clock.
final class LiveWorld: Sendable {
    let clients: [Client]
    let instances: [CacheInstance]
    /// Which host each instance runs on.
    let hostOfInstance: [Int]
    let origin: SQLiteOrigin
    let recorder: Recorder
    let ledger: InvalidationLedger
    let clock: any CacheClock
    let pool: RedisPool
    let shared: RedisSharedTier
    let observers: [SharedRecordingObserver]
    /// Before every key of this cluster on the server, and before the names of its connections.
    let prefix: String
    private let folder: String

    private init(
        clients: [Client], instances: [CacheInstance], hostOfInstance: [Int], origin: SQLiteOrigin, recorder: Recorder,
        ledger: InvalidationLedger, clock: any CacheClock, pool: RedisPool, shared: RedisSharedTier,
        observers: [SharedRecordingObserver], prefix: String, folder: String
    ) {
        self.clients = clients
        self.instances = instances
        self.hostOfInstance = hostOfInstance
        self.origin = origin
        self.recorder = recorder
        self.ledger = ledger
        self.clock = clock
        self.pool = pool
        self.shared = shared
        self.observers = observers
        self.prefix = prefix
        self.folder = folder
    }

    /// Puts the cluster together.
    /// - Parameters:
    ///   - prefix: before every key of this cluster on the server; no other run uses it.
    ///   - defects: deliberate bugs of the cache, for showing that they are caught.
    static func build(
        _ scenario: Scenario, server: RedisServer, prefix: String, seed: UInt64, defects: Set<Defect>
    ) async throws -> LiveWorld {
        let cluster = scenario.cluster
        let folder = "\(server.caretaker.folder)/\(prefix)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let configuration = HierarchyConfiguration(scenario.cluster, defects: defects)
        let clock = HostClock()
        let recorder = Recorder(keys: scenario.keysInUse.map(\.name))
        let ledger = InvalidationLedger()
        var connection = server.configuration
        connection.clientName = "\(prefix).pool"
        let pool = RedisPool(connection)
        let shared = RedisSharedTier(
            RedisSharedTier.Configuration(
                prefix: prefix, tagFloorLifetime: configuration.longestLifetime + 60_000_000_000,
                dataLifetime: server.isPrivate ? nil : guestDataLifetime),
            pool: pool, server: server.configuration)
        let origin = try SQLiteOrigin(path: "\(folder)/origin.sqlite")
        var hosts: [SQLiteHostStore] = []
        if let disk = cluster.declaration(of: .l3) {
            for host in 0..<cluster.hosts {
                hosts.append(
                    try SQLiteHostStore(
                        path: "\(folder)/host-\(host).sqlite", capacity: disk.capacity ?? defaultCapacity))
            }
        }
        var instances: [CacheInstance] = []
        var observers: [SharedRecordingObserver] = []
        var clients: [Client] = []
        do {
            for number in 0..<cluster.instances {
                let observer = SharedRecordingObserver(recorder.makeTrack(instance: Int32(number)))
                let instance = try await CacheInstance.start(
                    id: "\(prefix).i\(number)", configuration: configuration, origin: origin, shared: shared,
                    host: hosts.isEmpty ? nil : hosts[cluster.host(ofInstance: number)], clock: clock,
                    observer: observer)
                instances.append(instance)
                observers.append(observer)
                for _ in 0..<cluster.workers {
                    let track = recorder.makeTrack(instance: Int32(number), worker: Int32(clients.count))
                    clients.append(
                        Client(
                            number: clients.count, instance: instance, track: track, ledger: ledger, clock: clock,
                            seed: seed))
                }
            }
        } catch {
            for instance in instances { await instance.stop() }
            await pool.close()
            throw error
        }
        return LiveWorld(
            clients: clients, instances: instances,
            hostOfInstance: instances.indices.map { cluster.host(ofInstance: $0) }, origin: origin, recorder: recorder,
            ledger: ledger, clock: clock, pool: pool, shared: shared, observers: observers, prefix: prefix,
            folder: folder)
    }

    private static let defaultCapacity = 10_000
    /// On a server that is not ours every key disappears by itself after this, in nanoseconds, should the run be killed.
    private static let guestDataLifetime: Int64 = 120_000_000_000

    /// Stops the cluster and removes what it left on the server and on the disk.
    func tearDown() async {
        for instance in instances { await instance.stop() }
        await removeKeys()
        await pool.close()
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func removeKeys() async {
        // If Redis is away there is nothing to be done; on a server that is not ours the keys expire.
        try? await forEachPortionOfKeys { keys in
            _ = try await pool.send(RedisCommand(parts: ["DEL"] + keys))
        }
    }

    /// Goes through the keys of this cluster on the server, a thousand or so at a time.
    func forEachPortionOfKeys(_ body: ([String]) async throws -> Void) async throws {
        var cursor = "0"
        repeat {
            let reply = try await pool.send(RedisCommand("SCAN", cursor, "MATCH", prefix + ":*", "COUNT", "1000"))
            guard let parts = reply.elements, parts.count == 2, let next = parts[0].string else { return }
            cursor = next
            let keys = parts[1].elements?.compactMap(\.string) ?? []
            if !keys.isEmpty { try await body(keys) }
        } while cursor != "0"
    }
}

extension Scenario {
    /// All keys of all data sets.
    var keysInUse: [KeyInUse] { data.flatMap(\.keysInUse) }

    /// The keys of some data sets, the first `count` of each if that is given.
    func keys(of names: [String], first count: Int? = nil) -> [KeyInUse] {
        names.compactMap { dataSet(named: $0) }.flatMap { $0.keysInUse.prefix(count ?? Int.max) }
    }
}

extension DataSet {
    var keysInUse: [KeyInUse] {
        (0..<keys).map { KeyInUse(name: keyName($0), valueSize: valueSize, tags: tags) }
    }
}

extension HierarchyConfiguration {
    /// What a scenario declares, with lifetimes as the live world's time scale makes them.
    init(_ cluster: Cluster, defects: Set<Defect>) {
        self.init(
            layers: cluster.layers.map { layer in
                LayerConfiguration(
                    layer.layer, capacity: layer.capacity ?? 10_000,
                    lifetime: cluster.actual(layer.ttl, in: .live).nanoseconds,
                    eviction: EvictionPolicy(layer.eviction))
            },
            propagation: cluster.invalidation == .acknowledged ? .acknowledged : .announced, defects: defects)
    }

    /// The longest that any entry may live, in nanoseconds.
    var longestLifetime: Int64 { layers.map(\.lifetime).max() ?? 0 }
}

extension EvictionPolicy {
    init(_ eviction: Eviction) {
        self =
            switch eviction {
            case .lru: .lru
            case .ttl: .ttl
            case .adaptive: .adaptive
            }
    }
}

extension Duration {
    /// Whole nanoseconds.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}

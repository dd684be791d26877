import CacheHierarchy
import History
import Processes
import RedisClient
import Scenarios

extension HierarchyConfiguration {
    /// What a scenario declares, with lifetimes as the world's time scale makes them.
    init(_ cluster: Cluster, in world: World, defects: Set<Defect>) {
        self.init(
            layers: cluster.layers.map { layer in
                LayerConfiguration(
                    layer.layer, capacity: layer.capacity ?? 10_000,
                    lifetime: cluster.actual(layer.ttl, in: world).nanoseconds,
                    eviction: EvictionPolicy(layer.eviction))
            },
            propagation: cluster.invalidation == .acknowledged ? .acknowledged : .announced,
            lease: cluster.lease.nanoseconds, holdLifetime: cluster.holdLifetime, defects: defects)
    }
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

extension Cluster {
    /// How long a write may be under way, in nanoseconds: long enough to outlast an instance that has died, several
    /// times.
    var holdLifetime: Int64 { min(5_000_000_000, 4 * lease.nanoseconds) }
}

extension Scenario {
    /// How many files the process that runs it has open at most, estimated above what was ever seen.
    var openFiles: Int {
        let tenants = max(1, cluster.tenants.count)
        let isOfProcesses = cluster.placement == .processes
        // A database has one connection that writes and five that read, with three files each.
        let databases = 18 * (cluster.declaration(of: .l3) == nil ? 1 : 1 + cluster.hosts)
        // A pool, a subscription and a stream, or three pipes; with faults, both ends of a forwarder for each
        // connection.
        let instance = (isOfProcesses ? 8 : 6) + (faults.isEmpty ? 0 : 12)
        return OpenFileLimit.base + tenants * (databases + instance * cluster.instances)
    }
}

extension Scenario {
    /// What a server may answer in a run. A look into the shared layer asks for a hundred entries at a time; records
    /// may be larger than their data set says.
    var replyLimits: RedisReplyLimits {
        let records = data.flatMap(\.records).map(\.text.bytes.count).max() ?? 0
        return .holding(100, of: (data.map(\.valueSize).max() ?? 0) + 2 * records)
    }
}

import CacheHierarchy
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
    /// How long a write may be under way, in nanoseconds: long enough to outlast an instance that has died, several times.
    var holdLifetime: Int64 { min(5_000_000_000, 4 * lease.nanoseconds) }
}

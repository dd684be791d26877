import History

/// How one instance's hierarchy is built. All instances of a cluster use the same, but for what is their own.
public struct HierarchyConfiguration: Sendable, Hashable {
    /// One caching layer.
    public struct LayerConfiguration: Sendable, Hashable {
        /// Which one; never `.origin`.
        public var layer: Layer
        /// The most entries held. L1: for each worker; L2: for the process; L3: for the host. Redis bounds itself.
        /// Default 10,000.
        public var capacity: Int
        /// How long an entry may stay, in nanoseconds. It stays no longer than where it came from, whatever this says.
        /// Default one hour.
        public var lifetime: Int64
        /// What a full L1 or L2 gives up. L3 gives up what expires first; Redis follows its own policy. Default
        /// ``EvictionPolicy/lru``.
        public var eviction: EvictionPolicy

        public init(
            _ layer: Layer, capacity: Int = 10_000, lifetime: Int64 = 3_600_000_000_000, eviction: EvictionPolicy = .lru
        ) {
            self.layer = layer
            self.capacity = capacity
            self.lifetime = lifetime
            self.eviction = eviction
        }
    }

    /// What a write or an invalidation has achieved when it returns.
    public enum Propagation: String, Sendable, Hashable, CaseIterable {
        /// Every live instance has dropped the old value, or may no longer serve anything: reads are linearizable
        /// across instances. Without Redis, writes fail.
        case acknowledged
        /// The own instance and Redis have dropped it; the others are told. Staleness elsewhere is bounded by the time
        /// that the message takes, and by ``lease`` when the message cannot come. Without Redis, writes go on and are
        /// announced later.
        case announced
    }

    /// The layers, innermost first; any subset of L1, L2, L3 and redis.
    public var layers: [LayerConfiguration]
    /// Default ``Propagation/acknowledged``.
    public var propagation: Propagation
    /// How long an instance may serve from its own layers without a sign of life from the shared tier, in nanoseconds.
    /// Renewed four times as often. Default two seconds.
    public var lease: Int64
    /// How long a write may be under way between its hold and its commit, in nanoseconds; a writer that is slower gives
    /// up. Default five seconds.
    public var holdLifetime: Int64
    /// How many locks an instance deals its keys to. Default 16.
    public var shards: Int
    /// Deliberate bugs; none by default.
    public var defects: Set<Defect>

    public init(
        layers: [LayerConfiguration], propagation: Propagation = .acknowledged, lease: Int64 = 2_000_000_000,
        holdLifetime: Int64 = 5_000_000_000, shards: Int = 16, defects: Set<Defect> = []
    ) {
        precondition(
            zip(layers, layers.dropFirst()).allSatisfy { $0.layer < $1.layer }
                && layers.allSatisfy { $0.layer != .origin },
            "layers stand in order, innermost first, each once")
        self.layers = layers
        self.propagation = propagation
        self.lease = lease
        self.holdLifetime = holdLifetime
        self.shards = shards
        self.defects = defects
    }

    /// The configuration of a layer, `nil` if the hierarchy has none of that kind.
    public subscript(layer: Layer) -> LayerConfiguration? { layers.first { $0.layer == layer } }
}

public import History

/// Which entry a full layer gives up first.
public enum Eviction: String, Sendable, Hashable, CaseIterable, Codable {
    /// The entry whose last read is the longest ago.
    case lru
    /// The one whose deadline is nearest.
    case ttl
    /// The layer weighs how recently and how often an entry was read, and shifts the weight by what it regretted.
    case adaptive
}

/// One caching layer of the cluster under test.
public struct LayerDeclaration: Sendable, Hashable, Codable {
    /// Which layer: one of ``Layer/caches``.
    public var layer: Layer
    /// How many entries it holds; `nil` means without bound. Always `nil` for redis, which bounds itself.
    public var capacity: Int?
    /// How long an entry is good for, before the time scale of the ``Cluster`` is applied.
    public var ttl: Duration
    /// What goes when the layer is full. It says nothing about a layer without a capacity.
    public var eviction: Eviction

    /// - Parameter ttl: ``defaultTTL(of:)`` if omitted.
    public init(_ layer: Layer, capacity: Int? = nil, ttl: Duration? = nil, eviction: Eviction = .lru) {
        self.layer = layer
        self.capacity = capacity
        self.ttl = ttl ?? Self.defaultTTL(of: layer)
        self.eviction = eviction
    }

    /// The time to live of a layer that declares none: 60 s for L1, 300 s for L2, 3600 s for L3 and redis.
    public static func defaultTTL(of layer: Layer) -> Duration {
        switch layer {
        case .l1: .seconds(60)
        case .l2: .seconds(300)
        case .l3, .redis, .origin: .seconds(3600)
        }
    }
}

public import History

/// The properties that a scenario varies. It runs once per combination; `nil` means not varied.
public struct Variation: Sendable, Hashable {
    /// Which of the declared layers the cluster has.
    public var layers: [[Layer]]?
    /// The number of keys of every data set.
    public var keys: [Int]?
    /// The number of instances.
    public var instances: [Int]?
    /// The number of workers in each instance.
    public var workers: [Int]?
    /// What a finished write or invalidation promises.
    public var invalidation: [InvalidationMode]?

    /// Makes it; each argument is the property of the same name.
    public init(
        layers: [[Layer]]? = nil,
        keys: [Int]? = nil,
        instances: [Int]? = nil,
        workers: [Int]? = nil,
        invalidation: [InvalidationMode]? = nil
    ) {
        self.layers = layers
        self.keys = keys
        self.instances = instances
        self.workers = workers
        self.invalidation = invalidation
    }

    /// Every non-empty subset of some layers, small ones first, each innermost first: 15 for four layers.
    public static func everyCombination(of layers: [Layer]) -> [[Layer]] {
        guard !layers.isEmpty else { return [] }
        let subsets = (1..<(1 << layers.count)).map { bits in
            layers.indices.filter { bits & (1 << $0) != 0 }
        }
        let ordered = subsets.sorted { left, right in
            left.count == right.count ? left.lexicographicallyPrecedes(right) : left.count < right.count
        }
        return ordered.map { $0.map { layers[$0] } }
    }

    /// How many variants there are, 1 if nothing varies.
    public var count: Int {
        [layers?.count, keys?.count, instances?.count, workers?.count, invalidation?.count]
            .reduce(1) { $0 * ($1 ?? 1) }
    }
}

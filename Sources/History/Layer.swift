/// A place that can hold a value, from the one nearest to the code that reads to the one that owns the truth.
///
/// The raw values grow outwards, so "inner" and "outer" are comparisons: `.l1 < .l2 < .l3 < .redis < .origin`.
public enum Layer: UInt8, Sendable, Hashable, CaseIterable, Comparable, Codable {
    /// Memory of one worker.
    case l1 = 1
    /// Memory of one process, shared by its workers.
    case l2 = 2
    /// The disk of one host, shared by its processes.
    case l3 = 3
    /// The Redis that all hosts share.
    case redis = 4
    /// The system of record. It is not a cache; it is where the truth is.
    case origin = 5

    public static func < (left: Layer, right: Layer) -> Bool { left.rawValue < right.rawValue }

    /// The four layers that cache, innermost first.
    public static let caches: [Layer] = [.l1, .l2, .l3, .redis]

    /// The name used in files and reports: `L1`, `L2`, `L3`, `redis`, `origin`.
    public var name: String {
        switch self {
        case .l1: "L1"
        case .l2: "L2"
        case .l3: "L3"
        case .redis: "redis"
        case .origin: "origin"
        }
    }

    /// The layer of that name, `nil` if there is none.
    public init?(name: String) {
        guard let layer = Layer.allCases.first(where: { $0.name == name }) else { return nil }
        self = layer
    }
}

/// A cache that a service asks for by name: a choice of layers.
public enum ProviderKind: String, Sendable, Hashable, CaseIterable, Codable {
    /// Memory alone: the worker's and the process's.
    case memory
    /// Redis alone: every worker asks it, and no instance keeps entries of its own.
    case redis
    /// Memory, and Redis behind it.
    case tiered
    /// No cache: every read goes to the storage.
    case none

    /// Innermost first.
    public var layers: [Layer] {
        switch self {
        case .memory: [.l1, .l2]
        case .redis: [.redis]
        case .tiered: [.l1, .l2, .redis]
        case .none: []
        }
    }

    /// Whether it has any use for a Redis.
    public var usesRedis: Bool { layers.contains(.redis) }
}

/// A cache that a service asks for by name: a choice of layers.
public enum ProviderKind: String, Sendable, Hashable, CaseIterable, Codable {
    /// Memory alone: the worker's and the process's.
    case memory
    /// Redis alone: every worker asks it, nobody keeps anything of his own.
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

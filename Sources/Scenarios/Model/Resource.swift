/// What a run takes, as far as it is measured.
public enum Resource: String, Sendable, Hashable, CaseIterable {
    /// The run's connections at the server.
    case connections
    /// The memory that the process occupies, in bytes.
    case memory
    /// The run's keys in Redis: entries, floors, holds, and the rest.
    case redisKeys = "redis-keys"
}

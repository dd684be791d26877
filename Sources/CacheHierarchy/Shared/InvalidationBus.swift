/// How announcements travel from Redis to the instances.
public enum InvalidationBus: Sendable, Hashable, Codable {
    /// Over a channel. What is announced while an instance is not connected it never hears, and it drops what it had.
    case pubSub
    /// Over a stream of about so many entries (`MAXLEN ~`), which each instance reads from a position of its own. What
    /// is announced while it is not connected it hears afterwards, and keeps the rest. Needs Redis 7.0.
    case streams(length: Int = Self.usualLength)

    /// A hundred thousand announcements, some 20 MB: minutes of a busy cluster.
    public static let usualLength = 100_000
}

/// The maximum size of a reply or a message.
///
/// A larger one closes the connection with ``RedisError/Code/replyTooLarge``, so that a faulty or hostile server
/// cannot use up the memory of its clients. The defaults are far above the replies that a cache needs.
public struct RedisReplyLimits: Sendable, Hashable {
    /// The size of a reply in bytes, plus ``elementSize`` for each of its parts. Default: 256 MiB.
    public var size: Int
    /// The number of elements in one array. Default: 4,194,304.
    public var elements: Int
    /// The nesting depth of arrays, from 1 to 7, which is the limit of the C parser. Default: 7.
    public var depth: Int

    /// The size of each part of a reply in addition to its bytes: about its overhead in memory.
    public static let elementSize = 64

    /// Creates limits.
    ///
    /// - Parameters:
    ///   - size: values below 1,024 count as 1,024.
    ///   - elements: values below 1 count as 1.
    ///   - depth: values outside 1…7 are moved to the nearest valid one.
    public init(size: Int = 256 << 20, elements: Int = 4 << 20, depth: Int = 7) {
        self.size = max(1024, size)
        self.elements = max(1, elements)
        self.depth = min(7, max(1, depth))
    }

    /// The limits during the handshake: one line for each command.
    static let handshake = RedisReplyLimits(size: 64 << 10, elements: 1024, depth: 2)

    /// The maximum length of a line: a status, an error, a number, the header of an array or of a string.
    static let longestLine = 64 << 10
}

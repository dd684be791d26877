/// How much a server may answer to one command, or send in one message. What is larger closes the connection, with
/// ``RedisError/Code/replyTooLarge``: a server that is broken, or hostile, must not take the memory of its clients.
///
/// The defaults are far above what a cache meets.
public struct RedisReplyLimits: Sendable, Hashable {
    /// The size of a reply: its bytes, and ``elementSize`` for each of its parts. Default: 256 MiB.
    public var size: Int
    /// The elements of one array. Default: 4,194,304.
    public var elements: Int
    /// How deep arrays may be nested, from 1 to 7. The C parser does not go deeper. Default: 7.
    public var depth: Int

    /// What each part of a reply counts beside its bytes: about what it takes in memory.
    public static let elementSize = 64

    /// - Parameters:
    ///   - size: values below 1,024 count as 1,024.
    ///   - elements: values below 1 count as 1.
    ///   - depth: values outside 1…7 are brought inside.
    public init(size: Int = 256 << 20, elements: Int = 4 << 20, depth: Int = 7) {
        self.size = max(1024, size)
        self.elements = max(1, elements)
        self.depth = min(7, max(1, depth))
    }

    /// What a server may answer while a connection introduces itself: a line for each command.
    static let handshake = RedisReplyLimits(size: 64 << 10, elements: 1024, depth: 2)

    /// The longest line: a status, an error, a number, the head of an array or a string.
    static let longestLine = 64 << 10
}

/// One message of a channel.
public struct RedisMessage: Sendable, Hashable {
    /// The channel it was published to. Bytes that are not UTF-8 come out as U+FFFD.
    public var channel: String
    /// The pattern that matched, for a subscription by pattern; `nil` for one by name.
    public var pattern: String?
    /// What was published: almost always ``RedisValue/bulk(_:)``.
    ///
    /// On `__redis__:invalidate`, which `CLIENT TRACKING … REDIRECT` writes to, it is an array of keys, or null when
    /// the whole database was flushed.
    public var content: RedisValue

    /// The published bytes; empty when ``content`` is not a string. O(1).
    @inlinable public var payload: [UInt8] {
        if case .bulk(let bytes) = content { bytes } else { [] }
    }

    /// A message from its parts.
    public init(channel: String, pattern: String? = nil, content: RedisValue) {
        self.channel = channel
        self.pattern = pattern
        self.content = content
    }
}

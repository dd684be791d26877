import RedisClient

/// One message that a command, an eviction or an expiry sends to a subscribed connection.
public struct RedisDelivery: Sendable, Hashable {
    public var receiver: ConnectionID
    /// The channel, and what was published. On `__redis__:invalidate` an array of keys, or null for "everything".
    public var message: RedisMessage

    public init(receiver: ConnectionID, message: RedisMessage) {
        self.receiver = receiver
        self.message = message
    }
}

/// What one command brought about.
public struct RedisOutcome: Sendable, Hashable {
    /// What the sender is answered. Errors are values here, as they are on the wire.
    public var reply: RedisValue
    /// What other connections, or the sender's own, are sent, in the order of sending.
    public var deliveries: [RedisDelivery]
    /// What a replica has to do to come to the same keys; `nil` if nothing changed.
    public var change: RedisChange?
}

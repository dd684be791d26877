import RedisClient

/// A message to a subscribed connection, caused by a command, an eviction or an expiry.
public struct RedisDelivery: Sendable, Hashable {
    /// The connection that receives the message.
    public var receiver: ConnectionID
    /// The channel and the payload. On `__redis__:invalidate` the payload is an array of keys, or null for all keys.
    public var message: RedisMessage

    /// Creates a message to a connection.
    public init(receiver: ConnectionID, message: RedisMessage) {
        self.receiver = receiver
        self.message = message
    }
}

/// The effects of one command.
public struct RedisOutcome: Sendable, Hashable {
    /// The reply to the sender. Errors are values, as on the wire.
    public var reply: RedisValue
    /// The messages to this and other connections, in the order of sending.
    public var deliveries: [RedisDelivery]
    /// The change that brings a replica to the same keys. `nil` if nothing changed.
    public var change: RedisChange?
}

/// An error reply, in the words of the real server.
struct RedisFailure: Error, Hashable {
    var line: String

    init(_ line: String) { self.line = line }

    static let syntax = RedisFailure("ERR syntax error")
    static let notInteger = RedisFailure("ERR value is not an integer or out of range")
    static let notFloat = RedisFailure("ERR value is not a valid float")
    static let wrongType = RedisFailure("WRONGTYPE Operation against a key holding the wrong kind of value")
    static let noScript = RedisFailure("NOSCRIPT No matching script. Please use EVAL.")
    static let invalidStreamID = RedisFailure("ERR Invalid stream ID specified as stream command argument")

    static func wrongArity(_ command: String) -> RedisFailure {
        RedisFailure("ERR wrong number of arguments for '\(command)' command")
    }

    /// The error for a feature that the real server has and the model lacks. It prevents a wrong reply.
    static func notModelled(_ what: String) -> RedisFailure { RedisFailure("ERR not modelled: \(what)") }
}

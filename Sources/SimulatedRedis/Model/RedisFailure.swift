/// An error reply, in the words of the server.
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

    /// For what the real server does and the model does not: said aloud rather than answered wrongly.
    static func notModelled(_ what: String) -> RedisFailure { RedisFailure("ERR not modelled: \(what)") }
}

import RedisClient

/// A Lua script and its translation to Swift. The model runs no Lua.
///
/// The model identifies a script by its SHA-1. It therefore refuses a script whose source has changed since its
/// translation. Two values are equal if they translate the same source.
public struct ModelScript: Sendable, Hashable {
    /// The translation. It has the keys, the arguments, and a context that runs commands. An error that it throws is
    /// the error of the script.
    public typealias Body =
        @Sendable (_ context: inout ScriptContext, _ keys: [[UInt8]], _ arguments: [[UInt8]]) throws -> RedisValue

    /// The Lua source, which clients send.
    public let script: RedisScript
    let body: Body

    /// Creates a translation of a script.
    public init(_ script: RedisScript, body: @escaping Body) {
        self.script = script
        self.body = body
    }

    public static func == (left: ModelScript, right: ModelScript) -> Bool { left.script.sha1 == right.script.sha1 }
    /// Hashes the SHA-1 of the source.
    public func hash(into hasher: inout Hasher) { hasher.combine(script.sha1) }
}

/// The access of a running script to the server: `redis.call`.
public struct ScriptContext: ~Copyable {
    var model: RedisModel
    let connection: ConnectionID
    let now: Int64

    /// Runs a command for the sender of the script. No other command runs between the commands of a script.
    ///
    /// - Returns: the reply.
    /// - Throws: an error reply. If the script does not catch it, it ends the script, and earlier changes stay.
    public mutating func call(_ words: RedisArgument...) throws -> RedisValue { try call(words) }

    /// Runs a command whose number of words is known only at run time; see ``call(_:)-(RedisArgument...)``.
    public mutating func call(_ words: [RedisArgument]) throws -> RedisValue {
        let call = Call(words: words.map(\.word), connection: connection, now: now, isNested: true)
        let reply = model.executeInScript(call)
        if case .error(let line) = reply { throw RedisError(.serverError, line) }
        return reply
    }
}

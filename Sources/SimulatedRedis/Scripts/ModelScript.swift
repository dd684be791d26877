import RedisClient

/// A Lua script, and the same in Swift: the model runs no Lua.
///
/// The model knows it by the script's SHA-1, so a script whose source has changed is not taken for its old
/// translation. Two are equal if they translate the same source.
public struct ModelScript: Sendable, Hashable {
    /// What the script does: keys, arguments, and commands through the context. What it throws is the script's error.
    public typealias Body =
        @Sendable (_ context: inout ScriptContext, _ keys: [[UInt8]], _ arguments: [[UInt8]]) throws -> RedisValue

    public let script: RedisScript
    let body: Body

    public init(_ script: RedisScript, body: @escaping Body) {
        self.script = script
        self.body = body
    }

    public static func == (left: ModelScript, right: ModelScript) -> Bool { left.script.sha1 == right.script.sha1 }
    public func hash(into hasher: inout Hasher) { hasher.combine(script.sha1) }
}

/// What a script has of the server while it runs: `redis.call`.
public struct ScriptContext: ~Copyable {
    var model: RedisModel
    let connection: ConnectionID
    let now: Int64

    /// Executes a command in the name of the script's caller. Nothing else runs between the commands of a script.
    /// - Throws: what a script is told with an error reply; a script that does not catch it ends with it, and what it
    ///   had done before stays done.
    public mutating func call(_ words: RedisArgument...) throws -> RedisValue {
        let call = Call(words: words.map(\.word), connection: connection, now: now, isNested: true)
        let reply = model.executeInScript(call)
        if case .error(let line) = reply { throw RedisError(.serverError, line) }
        return reply
    }
}

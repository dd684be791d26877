/// A Lua script. The server identifies it by the SHA-1 of its source.
///
/// Create each script once, as a `static let`, because hashing is O(n) in the source.
/// ``RedisPool/run(_:keys:arguments:)`` and ``RedisConnection/run(_:keys:arguments:)`` run it.
public struct RedisScript: Sendable, Hashable {
    /// The name of the script in messages. The client does not send it.
    public let name: String
    /// The Lua source.
    public let source: String
    /// The SHA-1 of the source in 40 lower-case hexadecimal digits.
    public let sha1: String

    /// Creates a script. The client does not check the source. The server reports errors at the first run. O(n).
    public init(name: String, source: String) {
        self.name = name
        self.source = source
        self.sha1 = SHA1.hexadecimal(source.utf8)
    }
}

extension RedisScript {
    /// Sends `EVALSHA`. If the server does not know the script, it sends `EVAL` with the source.
    nonisolated(nonsending) func run(
        keys: [RedisArgument], arguments: [RedisArgument], send: (RedisCommand) async throws -> RedisValue
    ) async throws -> RedisValue {
        let rest = [.integer(keys.count)] + keys + arguments
        do {
            return try await send(RedisCommand(arguments: ["EVALSHA", .string(sha1)] + rest))
        } catch let error as RedisError where error.serverErrorPrefix == "NOSCRIPT" {
            return try await send(RedisCommand(arguments: ["EVAL", .string(source)] + rest))
        }
    }
}

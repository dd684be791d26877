/// A Lua script, known to the server by the SHA-1 of its source.
///
/// Make one once (a `static let`): hashing is linear in the source. Run it with
/// ``RedisPool/run(_:keys:arguments:)`` or ``RedisConnection/run(_:keys:arguments:)``.
public struct RedisScript: Sendable, Hashable {
    /// What the script is called in messages; the server never sees it.
    public let name: String
    /// The Lua source.
    public let source: String
    /// 40 lower-case hexadecimal digits, the server's name of the script.
    public let sha1: String

    /// A script from its source. The source is not checked: the server reports mistakes when it is first run.
    public init(name: String, source: String) {
        self.name = name
        self.source = source
        self.sha1 = SHA1.hexadecimal(source.utf8)
    }
}

extension RedisScript {
    /// `EVALSHA`, and `EVAL` if the server answers that it does not know the script (which then it does).
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

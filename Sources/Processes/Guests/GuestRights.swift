import RedisClient

/// What a run needs to be allowed on a Redis that is not its own, and the question whether it is.
///
/// The rules are those that `Documentation/CommandLine.md` shows as a line to paste; a test holds one to the other.
package enum GuestRights {
    /// The keys and channels, as rules of an ACL.
    package static let patterns = ["~coherence:*", "&coherence:*", "&__redis__:invalidate"]

    /// Asks for everything that a run may need, by commands on a key of its own that change nothing that stays.
    ///
    /// A text under the key comes first, so that commands for other kinds of values are refused for that reason: a server
    /// looks at the rights before.
    private static func questions(_ key: String) -> [(right: String, command: [String])] {
        [
            ("ping", ["PING"]), ("info", ["INFO", "server"]), ("client|list", ["CLIENT", "LIST", "ID", "0"]),
            ("client|tracking", ["CLIENT", "TRACKING", "OFF"]), ("select", ["SELECT"]),
            ("client|setname", ["CLIENT", "SETNAME"]),
            ("set", ["SET", key, "", "PX", "5000"]), ("get", ["GET", key]), ("exists", ["EXISTS", key]),
            ("pttl", ["PTTL", key]), ("pexpire", ["PEXPIRE", key, "5000"]), ("scan", ["SCAN", "0", "COUNT", "1"]),
            ("hget", ["HGET", key, "f"]), ("hset", ["HSET", key, "f", ""]), ("hdel", ["HDEL", key, "f"]),
            ("hmget", ["HMGET", key, "f"]), ("hgetall", ["HGETALL", key]),
            ("zadd", ["ZADD", key, "0", "m"]), ("zcard", ["ZCARD", key]), ("zscore", ["ZSCORE", key, "m"]),
            ("zrange", ["ZRANGE", key, "0", "0"]), ("zremrangebyrank", ["ZREMRANGEBYRANK", key, "0", "0"]),
            ("xadd", ["XADD", key, "*", "e", ""]), ("xread", ["XREAD", "STREAMS", key, "0"]),
            ("xrange", ["XRANGE", key, "-", "+"]), ("xinfo|stream", ["XINFO", "STREAM", key]),
            ("time", ["TIME"]), ("eval", ["EVAL", "return 0", "1", key]),
            ("evalsha", ["EVALSHA", String(repeating: "0", count: 40), "1", key]),
            ("multi", ["MULTI"]), ("exec", ["EXEC"]), ("del", ["DEL", key]), ("unlink", ["UNLINK", key]),
            ("publish", ["PUBLISH", key, ""]),
            // From here on the connection is good for nothing else.
            ("subscribe", ["SUBSCRIBE", key, "__redis__:invalidate"]), ("unsubscribe", ["UNSUBSCRIBE", key]),
        ]
    }

    /// The commands, as the rules of an ACL name them.
    package static var commands: [String] { questions("").map(\.right) }

    /// Asks a server, on a connection of its own.
    /// - Parameter keyStart: what the run's keys begin with.
    /// - Throws: `RedisError`; its message names all that the user may not do, or the reason why the server takes no writes.
    package static func check(_ configuration: RedisConfiguration, keyStart: String) async throws {
        let questions = questions(keyStart + "rights")
        let connection = try await RedisConnection.connect(configuration)
        // Commands that lack an argument are refused for that, and say nothing about rights; the connection has them in use.
        let asked = questions.filter { $0.command.count > 1 || !["SELECT", "CLIENT"].contains($0.command[0]) }
            .filter { $0.right != "client|setname" }
        // Each channel is confirmed on its own.
        let (last, rest) = (Array(asked.suffix(2)), asked.dropLast(2))
        var replies: [RedisValue]
        do {
            replies = try await connection.pipeline(rest.map { RedisCommand(parts: $0.command) })
            for channel in last[0].command.dropFirst() {
                replies.append(
                    contentsOf: try await connection.pipeline([RedisCommand(parts: ["SUBSCRIBE", channel])]))
            }
            replies += try await connection.pipeline([RedisCommand(parts: last[1].command)])
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
        let rights = rest.map(\.right) + [last[0].right, last[0].right, last[1].right]
        var missing: [String] = []
        for (right, reply) in zip(rights, replies) {
            guard case .error(let line) = reply, let refusal = RedisRefusal(line: line) else { continue }
            guard refusal.kind == .noPermission else { throw RedisError(.serverError, line) }
            let rules =
                line.contains("keys")
                ? [patterns[0]] : line.contains("channels") ? Array(patterns[1...]) : ["+\(right)"]
            missing += rules.filter { !missing.contains($0) }
        }
        guard missing.isEmpty else {
            throw RedisError(
                .serverError, "NOPERM this user lacks the rights \(missing.joined(separator: " "))",
                endpoint: configuration.endpoint)
        }
    }
}

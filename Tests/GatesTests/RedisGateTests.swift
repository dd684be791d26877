import Foundation
import Gates
import Testing
import TestSupport

@Suite(
    "The conversation of a real server", .timeLimit(.minutes(10)),
    .enabled(if: Programs.path(of: "redis-server") != nil))
struct RedisGateTests {
    @Test("Pushes of tracking come at once, and belong to no command", arguments: [2, 3])
    func tracking(version: Int) async throws {
        let server = try GatedServer()
        let (reader, writer) = (try await server.relay(), try await server.relay())
        if version == 3 {
            #expect(try reader.exchange(["HELLO", "3"], ["CLIENT", "TRACKING", "ON"]) == ["HELLO", "CLIENT TRACKING"])
        } else {
            // In protocol 2 another connection hears of it, as of a message.
            let hearer = try await server.relay()
            try hearer.send(["CLIENT", "ID"])
            #expect(try hearer.messages(1) == ["CLIENT ID"])
            let id = String(decoding: hearer.given.dropFirst().dropLast(2), as: UTF8.self)
            #expect(try hearer.exchange(["SUBSCRIBE", "__redis__:invalidate"]) == ["SUBSCRIBE __redis__:invalidate"])
            #expect(try reader.exchange(["CLIENT", "TRACKING", "ON", "REDIRECT", id]) == ["CLIENT TRACKING"])
            #expect(try reader.exchange(["GET", "a"]) == ["GET a"])
            #expect(try writer.exchange(["SET", "a", "1"]) == ["SET a"])
            #expect(try hearer.messages(1) == ["push message __redis__:invalidate"])
            return
        }
        #expect(reader.conversation.protocolVersion == 3)
        #expect(try reader.exchange(["GET", "a"], ["GET", "b"]) == ["GET a", "GET b"])
        #expect(try writer.exchange(["MSET", "a", "1", "b", "2"]) == ["MSET a +1"])
        #expect(try reader.messages(2) == ["push invalidate a", "push invalidate b"])
        _ = try reader.exchange(["GET", "a"])
        #expect(try writer.exchange(["FLUSHALL"]) == ["FLUSHALL"])
        #expect(try reader.messages(1) == ["push invalidate"])
        #expect(reader.heard == reader.given && reader.conversation.unanswered == 0)
    }

    @Test("Transactions are one message, pipelined or not", arguments: [2, 3])
    func transactions(version: Int) async throws {
        let server = try GatedServer()
        let relay = try await server.relay()
        _ = try relay.exchange(["HELLO", "\(version)"])
        try relay.send(["MULTI"], ["SET", "a", "1"], ["LRANGE", "a", "0", "1"], ["EXEC"], ["GET", "a"])
        #expect(try relay.messages(2) == ["MULTI SET a; LRANGE a", "GET a"])
        try relay.send(["MULTI"], ["NONSENSE"], ["EXEC"])
        #expect(try relay.messages(1) == ["MULTI NONSENSE error"])
        try relay.send(["MULTI"], ["SET", "a", "2"], ["DISCARD"])
        #expect(try relay.messages(1) == ["DISCARD SET a"])
        try relay.send(["MULTI"])
        try relay.passTransaction()
        #expect(try relay.messages(1) == ["MULTI"])
        #expect(try relay.exchange(["INCR", "a"], ["BLPOP", "b", "0"], ["EXEC"]).last == "MULTI INCR a; BLPOP b")
        try relay.send(["MULTI"], ["SET", "a", "2"], ["RESET"])
        #expect(try relay.messages(1) == ["RESET SET a"])
        #expect(relay.conversation.protocolVersion == 2)
        #expect(try relay.exchange(["GET", "a"]) == ["GET a"])
        #expect(relay.heard == relay.given && relay.conversation.unanswered == 0)
    }

    @Test("Subscriptions are confirmed channel by channel", arguments: [2, 3])
    func subscriptions(version: Int) async throws {
        let server = try GatedServer()
        let (hearer, speaker) = (try await server.relay(), try await server.relay())
        _ = try hearer.exchange(["HELLO", "\(version)"])
        #expect(
            try hearer.exchange(["SUBSCRIBE", "a", "b", "a"], ["PSUBSCRIBE", "a*"], ["SSUBSCRIBE", "s"])
                == ["SUBSCRIBE a +2", "PSUBSCRIBE a*", "SSUBSCRIBE s"])
        #expect(try speaker.exchange(["PUBLISH", "a", "x"], ["SPUBLISH", "s", "y"]) == ["PUBLISH a", "SPUBLISH s"])
        #expect(try hearer.messages(3) == ["push message a", "push pmessage a* +1", "push smessage s"])
        #expect(try hearer.exchange(["PING"]) == ["PING"])
        if version == 3 { #expect(try hearer.exchange(["GET", "k"], ["SUBSCRIBE"]) == ["GET k", "SUBSCRIBE error"]) }
        #expect(
            try hearer.exchange(["UNSUBSCRIBE"], ["PUNSUBSCRIBE"], ["SUNSUBSCRIBE"], ["UNSUBSCRIBE"], ["GET", "k"])
                == ["UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE", "UNSUBSCRIBE", "GET k"])
        #expect(!hearer.conversation.isSubscribed)
        #expect(hearer.heard == hearer.given && hearer.conversation.unanswered == 0)
    }

    @Test("A blocking command is answered some time, and scripts and all other types are whole", arguments: [2, 3])
    func others(version: Int) async throws {
        let server = try GatedServer()
        let (waiter, other) = (try await server.relay(), try await server.relay())
        _ = try waiter.exchange(["HELLO", "\(version)"])
        #expect(try waiter.send(["BLPOP", "a", "0"], ["GET", "k"]).map(\.blocks) == [true, false])
        #expect(waiter.conversation.unanswered == 2)
        #expect(try other.exchange(["RPUSH", "a", "1"]) == ["RPUSH a"])
        #expect(try waiter.messages(2) == ["BLPOP a", "GET k"])
        try waiter.send(["XREAD", "BLOCK", "0", "STREAMS", "x", "0"])
        #expect(waiter.conversation.unanswered == 1)
        #expect(try other.exchange(["XADD", "x", "*", "f", "v"]) == ["XADD x"])
        #expect(try waiter.messages(1) == ["XREAD x"])
        let script = "redis.setresp(3); return {1, {2, 'x', {map={a=1}}, {double=1.5}}, false, true}"
        #expect(
            try other.exchange(
                ["EVAL", script, "1", "k"], ["EVAL", "return redis.error_reply('MY error')", "0"],
                ["HSET", "h", "a", "1"], ["HGETALL", "h"], ["COMMAND", "DOCS"], ["INFO"], ["DEBUG", "SLEEP", "0"],
                ["LOLWUT"], ["ZADD", "z", "1.5", "a"], ["ZRANGE", "z", "0", "-1", "WITHSCORES"], ["PING"])
                == [
                    "EVAL k", "EVAL error", "HSET h", "HGETALL h", "COMMAND DOCS", "INFO", "DEBUG SLEEP error",
                    "LOLWUT", "ZADD z", "ZRANGE z", "PING",
                ])
        #expect(other.heard == other.given && other.conversation.unanswered == 0)
    }

    @Test("Every type that the server has is one value", arguments: [2, 3])
    func debugTypes(version: Int) async throws {
        let server = try GatedServer(settings: ["--enable-debug-command", "yes"])
        let relay = try await server.relay()
        _ = try relay.exchange(["HELLO", "\(version)"])
        for type in [
            "string", "integer", "double", "null", "array", "set", "map", "attrib", "verbatim", "true", "false",
            "bignum",
        ] {
            let messages = try relay.exchange(["DEBUG", "PROTOCOL", type], ["PING"])
            #expect(messages == ["DEBUG PROTOCOL", "PING"], "\(type)")
        }
        if version == 3 {
            try relay.send(["DEBUG", "PROTOCOL", "push"], ["PING"])
            #expect(try relay.messages(3) == ["push server-cpu-usage", "DEBUG PROTOCOL", "PING"])
        }
        #expect(relay.heard == relay.given)
    }
}

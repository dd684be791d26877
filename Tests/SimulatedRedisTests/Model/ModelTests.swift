import RedisClient
import SimulatedRedis
import Simulation
import TestSupport
import Testing

/// A model with one client, and time in milliseconds.
struct Desk {
    var model: RedisModel
    var milliseconds: Int64 = 1_000_000

    init(_ configuration: RedisModel.Configuration = RedisModel.Configuration()) { model = RedisModel(configuration) }

    @discardableResult
    mutating func send(_ line: String, by connection: Int64 = 1) -> RedisOutcome {
        model.execute(
            RedisCommand(parts: line.split(separator: " ").map(String.init)), by: ConnectionID(connection),
            at: milliseconds * 1_000_000)
    }

    mutating func reply(_ line: String, by connection: Int64 = 1) -> RedisValue { send(line, by: connection).reply }
}

@Suite("The model is a deterministic value", .computing)
struct ModelTests {
    @Test("A copy is a snapshot: it stays equal until a command, and is equal again after the same commands")
    func copies() {
        var desk = Desk()
        for line in ["SET a 1", "HSET h f v", "ZADD z 1 m", "XADD s * f v", "SUBSCRIBE c"] { desk.send(line) }
        var copy = desk
        #expect(copy.model == desk.model)
        #expect(copy.model.hashValue == desk.model.hashValue)
        copy.send("HSET h f w", by: 2)
        #expect(copy.model != desk.model)
        #expect(desk.reply("HGET h f", by: 2) == .bulk(Array("v".utf8)))
        desk.send("HSET h f w", by: 2)
        #expect(copy.model == desk.model)
    }

    @Test("A key exists until the end of its last millisecond, and counts until a command reads it")
    func expiry() {
        var desk = Desk()
        desk.send("SET k v PX 10")
        desk.milliseconds += 10
        #expect(desk.reply("EXISTS k") == .integer(1))
        #expect(desk.reply("PTTL k") == .integer(0))
        desk.milliseconds += 1
        #expect(desk.reply("DBSIZE") == .integer(1))
        #expect(desk.reply("EXISTS k") == .integer(0))
        #expect(desk.reply("DBSIZE") == .integer(0))
    }

    @Test("The caller removes expired keys in the background, and tracking connections receive invalidations")
    func removingExpired() {
        var desk = Desk()
        desk.send("SUBSCRIBE other", by: 2)
        desk.send("CLIENT TRACKING on REDIRECT 2")
        for key in ["a", "b", "c"] { desk.send("SET \(key) v PX 10") }
        desk.send("GET b")
        desk.milliseconds += 11
        let first = desk.model.removeExpired(at: desk.milliseconds * 1_000_000, limit: 2)
        #expect(first.reply == .integer(2))
        #expect(first.deliveries.map(\.message.content) == [.array([.bulk(Array("b".utf8))])])
        #expect(desk.model.keyCount == 1)
    }

    @Test("A whole iteration returns every key that exists throughout, whatever other keys come and go")
    func scanning() {
        var desk = Desk()
        for number in 0..<200 { desk.send("SET stays:\(number) v") }
        var random = SeededRandom(seed: 3)
        var found: [String] = []
        var cursor = "0"
        repeat {
            let parts = desk.reply("SCAN \(cursor) COUNT 7").elements ?? []
            cursor = parts[0].string ?? "0"
            found += parts[1].elements?.compactMap(\.string) ?? []
            for _ in 0..<20 { desk.send("SET goes:\(random.next() % 100) v") }
            for _ in 0..<20 { desk.send("DEL goes:\(random.next() % 100)") }
        } while cursor != "0"
        let staying = found.filter { $0.hasPrefix("stays:") }
        #expect(staying.count == 200)
        #expect(Set(staying).count == 200)
    }

    @Test(
        "A command that is not modelled is refused",
        arguments: [
            "XREAD BLOCK 0 STREAMS s 0", "ZADD z INCR 1 m", "ZRANGE z - + BYLEX", "CLIENT TRACKING on OPTIN",
            "XADD s MINID 5 * f v", "SCRIPT LOAD return",
        ])
    func notModelled(line: String) {
        var desk = Desk()
        guard case .error(let text) = desk.reply(line) else {
            Issue.record("\(line) was answered")
            return
        }
        #expect(text.hasPrefix("ERR not modelled: "))
    }

    @Test(
        "A change by oneself is not told to who does not want it, one by somebody else is", arguments: ["", " BCAST"])
    func ownChanges(mode: String) {
        var desk = Desk()
        desk.send("SUBSCRIBE other", by: 2)
        desk.send("CLIENT TRACKING on REDIRECT 2 NOLOOP\(mode)")
        desk.send("GET k")
        #expect(desk.send("SET k 1").deliveries.isEmpty)
        desk.send("GET k")
        #expect(desk.send("SET k 2", by: 3).deliveries.count == 1)
    }

    @Test("A lost connection loses its subscriptions, its tracking and its transaction")
    func disconnection() {
        var desk = Desk()
        desk.send("SUBSCRIBE c", by: 2)
        desk.send("CLIENT TRACKING on REDIRECT 2")
        desk.send("GET k")
        desk.send("WATCH k")
        desk.send("MULTI")
        desk.model.disconnect(ConnectionID(1))
        #expect(desk.send("SET k v", by: 3).deliveries.isEmpty)
        #expect(desk.reply("EXEC") == .error("ERR EXEC without MULTI"))
        desk.model.disconnect(ConnectionID(2))
        #expect(desk.reply("PUBLISH c m") == .integer(0))
        desk.model.disconnect(ConnectionID(1))
        desk.model.disconnect(ConnectionID(3))
        var fresh = Desk()
        fresh.send("SET k v")
        fresh.model.disconnect(ConnectionID(1))
        #expect(desk.model == fresh.model)
    }

    @Test("A restart closes every connection, and removes the keys unless they are kept", arguments: [false, true])
    func restart(keepingData: Bool) {
        var desk = Desk()
        desk.send("SUBSCRIBE c", by: 2)
        desk.send("SET k v PX 100")
        desk.model.restart(keepingData: keepingData)
        #expect(desk.model.openConnections.isEmpty)
        #expect(desk.reply("PUBLISH c m") == .integer(0))
        #expect(desk.reply("EXISTS k") == .integer(keepingData ? 1 : 0))
        desk.milliseconds += 101
        #expect(desk.reply("EXISTS k") == .integer(0))
    }

    @Test("The server knows a loaded script until the restart")
    func scripts() {
        let script = RedisScript(name: "echo", source: "return ARGV[1]")
        let translation = ModelScript(script) { _, _, arguments in .bulk(arguments[0]) }
        var desk = Desk(RedisModel.Configuration(scripts: [translation]))
        let unknown = RedisValue.error("NOSCRIPT No matching script. Please use EVAL.")
        #expect(desk.reply("EVALSHA \(script.sha1) 0 x") == unknown)
        let full = RedisCommand("EVAL", script.source, "0", "x")
        #expect(desk.model.execute(full, by: ConnectionID(1), at: 0).reply == .bulk(Array("x".utf8)))
        #expect(desk.reply("EVALSHA \(script.sha1) 0 y") == .bulk(Array("y".utf8)))
        desk.model.restart(keepingData: true)
        #expect(desk.reply("EVALSHA \(script.sha1) 0 x") == unknown)
    }
}

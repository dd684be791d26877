import RedisClient
import SimulatedRedis
import Testing

@Suite("A replica follows its primary when the caller says so")
struct ReplicaTests {
    @Test("Until it applies a change the replica answers as before, and afterwards as the primary")
    func lag() {
        var desk = Desk()
        desk.send("SET k 1")
        var replica = RedisReplica(of: desk.model)
        replica.receive(desk.send("INCR k").change)
        replica.receive(desk.send("HSET h f v").change)
        let get = RedisCommand("GET", "k")
        #expect(replica.model.execute(get, by: ConnectionID(9), at: 0).reply == .bulk([UInt8(ascii: "1")]))
        _ = replica.apply(1)
        #expect(replica.model.execute(get, by: ConnectionID(9), at: 0).reply == .bulk([UInt8(ascii: "2")]))
        #expect(replica.model.keyCount == 1)
        _ = replica.apply()
        #expect(replica.model.keyCount == 2)
        #expect(replica.waiting.isEmpty)
    }

    @Test("It refuses writes, and does not remove expired keys by itself")
    func readOnly() {
        var desk = Desk()
        desk.send("SET k v PX 10")
        var replica = Desk()
        replica.model = RedisReplica(of: desk.model).model
        #expect(replica.reply("SET k w") == .error("READONLY You can't write against a read only replica."))
        replica.milliseconds += 11
        #expect(replica.reply("GET k") == .null)
        #expect(replica.model.keyCount == 1)
        var lagging = RedisReplica(of: desk.model)
        desk.milliseconds += 11
        lagging.receive(desk.send("GET k").change)
        _ = lagging.apply()
        #expect(lagging.model.keyCount == 0)
    }

    @Test("Its subscribers receive the messages of the primary, and its tracking connections the invalidations")
    func messages() {
        var desk = Desk()
        var replica = RedisReplica(of: desk.model)
        _ = replica.model.execute(RedisCommand("SUBSCRIBE", "c"), by: ConnectionID(2), at: 0)
        for line in [["CLIENT", "TRACKING", "on", "REDIRECT", "2"], ["GET", "k"]] {
            _ = replica.model.execute(RedisCommand(parts: line), by: ConnectionID(1), at: 0)
        }
        replica.receive(desk.send("PUBLISH c hello").change)
        replica.receive(desk.send("SET k v").change)
        #expect(replica.apply().map(\.message.channel) == ["c", "__redis__:invalidate"])
    }

    @Test("A promoted replica has all received changes, accepts writes, and lacks the changes that it never received")
    func promotion() {
        var desk = Desk()
        var replica = RedisReplica(of: desk.model)
        replica.receive(desk.send("SET received 1").change)
        _ = desk.send("SET lost 1")
        var promoted = Desk()
        promoted.model = replica.promoted()
        #expect(promoted.reply("EXISTS received lost") == .integer(1))
        #expect(promoted.reply("SET k v") == .status("OK"))
    }

    @Test("After random commands the replica has the primary's keys, transactions and expiries included")
    func randomCommands() {
        for seed in 0..<40 as Range<UInt64> {
            var generator = CommandGenerator(seed: seed)
            var desk = Desk()
            desk.milliseconds = 1_700_000_000_000
            var replica = RedisReplica(of: desk.model)
            for step in generator.steps(300) {
                desk.milliseconds += step.delay / 1000
                let words = step.words.map { word -> RedisArgument in
                    switch word {
                    case .bytes(let bytes): .bytes(bytes)
                    case .number(let connection): .integer(connection)
                    }
                }
                let outcome = desk.model.execute(
                    RedisCommand(arguments: words), by: ConnectionID(Int64(step.connection)),
                    at: desk.milliseconds * 1_000_000)
                replica.receive(outcome.change)
            }
            _ = replica.apply()
            var primary = desk.model
            primary.restart(keepingData: true)
            // To become a replica counts as a start.
            primary.restart(keepingData: true)
            var copy = replica.promoted()
            copy.restart(keepingData: true)
            #expect(copy == primary, "seed \(seed)")
        }
    }
}

import RedisClient
import SimulatedRedis
import Simulation
import Testing

@Suite("A model with too much in it gives up what its policy says")
struct MemoryTests {
    private func full(_ policy: MemoryLimit.Policy) -> Desk {
        var desk = Desk(RedisModel.Configuration(memory: MemoryLimit(keys: 5, policy: policy)))
        for number in 0..<6 { desk.send("SET k\(number) v PX \(1000 - number)") }
        return desk
    }

    private func evicted(_ desk: inout Desk, seed: UInt64 = 1) -> [String] {
        var random = SeededRandom(seed: seed)
        return desk.model.evict(using: &random).reply.elements?.compactMap(\.string) ?? []
    }

    @Test("Without eviction nothing goes, and what could need more is refused until there is room")
    func noEviction() {
        var desk = full(.noEviction)
        #expect(evicted(&desk).isEmpty)
        let refusal = RedisValue.error("OOM command not allowed when used memory > 'maxmemory'.")
        #expect(desk.reply("SET k0 w") == refusal)
        #expect(desk.reply("GET k0") == .bulk(Array("v".utf8)))
        desk.send("DEL k0")
        #expect(desk.reply("SET new v") == .status("OK"))
    }

    @Test("The key that is nearest to its deadline goes first")
    func nearestDeadline() {
        var desk = full(.volatileNearestDeadline)
        #expect(evicted(&desk) == ["k5"])
        #expect(!desk.model.isFull)
        desk.send("PERSIST k4")
        desk.send("SET new v")
        #expect(evicted(&desk) == ["k3"])
    }

    @Test("Chance chooses the same key for the same seed, and different ones for different seeds")
    func random() {
        let choices = (0..<20 as Range<UInt64>).map { seed in
            var desk = full(.allKeysRandom)
            return evicted(&desk, seed: seed)
        }
        #expect(choices.allSatisfy { $0.count == 1 })
        #expect(Set(choices).count > 2)
        var again = full(.allKeysRandom)
        #expect(evicted(&again, seed: 0) == choices[0])
    }

    @Test("Who tracks an evicted key is told")
    func tracking() {
        var desk = full(.volatileNearestDeadline)
        desk.send("SUBSCRIBE other", by: 2)
        desk.send("CLIENT TRACKING on REDIRECT 2")
        desk.send("GET k5")
        var random = SeededRandom(seed: 0)
        #expect(desk.model.evict(using: &random).deliveries.count == 1)
    }

    @Test("Bytes are counted too")
    func bytes() {
        var desk = Desk(RedisModel.Configuration(memory: MemoryLimit(bytes: 10)))
        desk.send("SET key 1234567")
        #expect(!desk.model.isFull)
        desk.send("SET key 12345678")
        #expect(desk.model.usedBytes == 11)
        #expect(desk.model.isFull)
    }
}

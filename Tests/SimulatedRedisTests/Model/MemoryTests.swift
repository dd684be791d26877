import RedisClient
import SimulatedRedis
import Simulation
import Testing

@Suite("A model above its limit evicts keys by its policy")
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

    @Test("Without eviction no key goes, and commands that could need more memory are refused")
    func noEviction() {
        var desk = full(.noEviction)
        #expect(evicted(&desk).isEmpty)
        let refusal = RedisValue.error("OOM command not allowed when used memory > 'maxmemory'.")
        #expect(desk.reply("SET k0 w") == refusal)
        #expect(desk.reply("GET k0") == .bulk(Array("v".utf8)))
        desk.send("DEL k0")
        #expect(desk.reply("SET new v") == .status("OK"))
    }

    @Test("The key with the nearest deadline goes first")
    func nearestDeadline() {
        var desk = full(.volatileNearestDeadline)
        #expect(evicted(&desk) == ["k5"])
        #expect(!desk.model.isFull)
        desk.send("PERSIST k4")
        desk.send("SET new v")
        #expect(evicted(&desk) == ["k3"])
    }

    @Test("The same seed evicts the same key, and different seeds evict different keys")
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

    @Test("A connection that tracks an evicted key receives an invalidation")
    func tracking() {
        var desk = full(.volatileNearestDeadline)
        desk.send("SUBSCRIBE other", by: 2)
        desk.send("CLIENT TRACKING on REDIRECT 2")
        desk.send("GET k5")
        var random = SeededRandom(seed: 0)
        #expect(desk.model.evict(using: &random).deliveries.count == 1)
    }

    @Test("The limit in bytes works too")
    func bytes() {
        var desk = Desk(RedisModel.Configuration(memory: MemoryLimit(bytes: 10)))
        desk.send("SET key 1234567")
        #expect(!desk.model.isFull)
        desk.send("SET key 12345678")
        #expect(desk.model.usedBytes == 11)
        #expect(desk.model.isFull)
    }
}

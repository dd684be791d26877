import CacheHierarchy
import History
import Processes
import RedisClient
import TestSupport
import Testing

@testable import ScenarioRunner

/// Two instances on a real Redis, of which one's subscription can be kept away for as long as a test likes.
@Suite("The bus of a real Redis", .serialized)
struct LiveBusTests {
    private struct Rig {
        let server: RedisServer
        let pool: RedisPool
        let instances: [CacheInstance]

        static func with(
            _ bus: InvalidationBus, defects: Set<Defect> = [], _ body: (Rig) async throws -> Void
        ) async throws {
            let server = try await RedisServer.open(.privateServer, settings: [])
            let pool = RedisPool(server.configuration)
            _ = try await pool.send(
                RedisCommand("ACL", "SETUSER", "reader", "on", ">secret", "~*", "&*", "+@all"))
            let origin = MemoryOrigin()
            var instances: [CacheInstance] = []
            for number in 1...2 {
                var subscriber = server.configuration
                if number == 2 { (subscriber.username, subscriber.password) = ("reader", "secret") }
                let tier = RedisSharedTier(
                    RedisSharedTier.Configuration(namespace: try RedisNamespace("bus"), bus: bus), pool: pool,
                    server: subscriber)
                instances.append(
                    try await CacheInstance.start(
                        id: "i\(number)",
                        configuration: HierarchyConfiguration(
                            layers: [.init(.l2), .init(.redis)], propagation: .announced, lease: 600_000_000_000,
                            defects: defects),
                        origin: origin, shared: tier))
            }
            let rig = Rig(server: server, pool: pool, instances: instances)
            do {
                try await body(rig)
            } catch {
                await rig.close()
                throw error
            }
            await rig.close()
        }

        private func close() async {
            for instance in instances { await instance.stop() }
            await pool.close()
            await server.close()
        }

        /// Keeps the second instance's subscription out while the body runs.
        func away(_ body: () async throws -> Void) async throws {
            _ = try await pool.send(RedisCommand("ACL", "SETUSER", "reader", "off"))
            _ = try await pool.send(RedisCommand("CLIENT", "KILL", "USER", "reader"))
            try await eventually("the loss is noticed") { !instances[1].isTrusted }
            try await body()
            _ = try await pool.send(RedisCommand("ACL", "SETUSER", "reader", "on"))
            try await eventually("it trusts itself again") { instances[1].isTrusted }
        }
    }

    @Test(
        "Who was away from a stream has dropped what was written, and kept the rest; over a channel it keeps nothing",
        arguments: [
            (InvalidationBus.streams(), [], "2 from redis or beyond, 1 from L2, caught up 1, distrusted 0"),
            (.pubSub, [], "2 from redis or beyond, 1 from redis or beyond, caught up 0, distrusted 1"),
            (.streams(), [.forgottenPosition], "1 from L2, 1 from L2, caught up 1, distrusted 0"),
        ] as [(InvalidationBus, Set<Defect>, String)])
    func away(bus: InvalidationBus, defects: Set<Defect>, outcome: String) async throws {
        try await Rig.with(bus, defects: defects) { rig in
            let (writer, reader) = (rig.instances[0].makeWorker(), rig.instances[1].makeWorker())
            for key in ["k", "other"] {
                let time = try #require(try await writer.write(key, [1]).time)
                await rig.instances[1].waitUntilApplied(time, deadline: .max)
                _ = try await reader.read(key)
            }
            try await rig.away { try await writer.write("k", [2]) }
            var words: [String] = []
            for key in ["k", "other"] {
                let reading = try await reader.read(key)
                words.append("\(reading.version) from \(reading.layer == .l2 ? "L2" : "redis or beyond")")
            }
            let counts = rig.instances[1].busCounts
            words += ["caught up \(counts.caughtUp)", "distrusted \(counts.distrusted)"]
            #expect(words.joined(separator: ", ") == outcome)
        }
    }

    @Test("A stream that is gone is noticed without any loss of a connection, and what was kept is dropped")
    func evicted() async throws {
        try await Rig.with(.streams()) { rig in
            try await rig.instances[0].makeWorker().write("k", [1])
            _ = try await rig.pool.send(RedisCommand("DEL", "coherence:3:bus:bus"))
            try await eventually("the loss is noticed") { rig.instances.allSatisfy { $0.busCounts.distrusted == 1 } }
            let time = try #require(try await rig.instances[0].makeWorker().write("k", [2]).time)
            await rig.instances[1].waitUntilApplied(time, deadline: .max)
            #expect(rig.instances[1].busCounts.gaps == 0)
        }
    }
}

import CacheHierarchy
import Judging
import Processes
import RedisClient
import Scenarios
import Support
import TestSupport
import Testing

@testable import ScenarioRunner

@Suite("Instances on one manager")
struct ManagedRedisServiceTests {
    private func withManager(_ body: (RedisServer, ManagedRedis, RedisPool) async throws -> Void) async throws {
        let server = try await RedisServer.open(.privateServer)
        let pool = RedisPool(server.configuration)
        let redis = try await ManagedRedis(
            ManagerDeclaration(connections: 2), server: server.configuration, application: "shop", defects: [])
        do {
            try await body(server, redis, pool)
        } catch {
            await redis.close()
            await pool.close()
            await server.close()
            throw error
        }
        await redis.close()
        await pool.close()
        await server.close()
    }

    private func names(_ pool: RedisPool) async throws -> [String] {
        let list = try await pool.send(RedisCommand("CLIENT", "LIST")).string ?? ""
        return ConnectionAudit.clients(listed: list).map(\.name).filter { $0.hasPrefix("shop") }.sorted()
    }

    @Test("Who dies takes his subscription along and reaches the server no more; the others do not notice")
    func severed() async throws {
        try await withManager { _, redis, pool in
            let (dying, living) = (redis.makeService(), redis.makeService())
            let heard = Lock<[String]>([])
            // Held, as an instance that dies has no time to let go of anything.
            var subscriptions: [any RedisSubscription] = []
            for (name, service) in [("first", dying.service), ("second", living.service)] {
                let subscription = try await service.subscribe(
                    to: ["news"], name: name, onStateChange: { _ in },
                    onMessages: { messages in heard.withLock { $0 += messages.map { _ in name } } })
                subscriptions.append(subscription)
            }
            _ = try await dying.service.send(RedisCommand("PING"))
            let manager = try #require(redis.manager.configuration.clientName)
            #expect(try await names(pool) == [manager, "\(manager)/first", "\(manager)/second"])

            await dying.managed.sever()
            let error = await #expect(throws: RedisError.self) {
                try await dying.service.send(RedisCommand("SET", "left", "behind"))
            }
            #expect(error?.code == .closed && error?.outcomeUnknown == false)
            await #expect(throws: RedisError.self) {
                _ = try await dying.service.subscribe(
                    to: ["news"], name: "again", onStateChange: { _ in }, onMessages: { _ in })
            }
            #expect(try await living.service.send(RedisCommand("EXISTS", "left")).integerValue == 0)
            try await eventually("the server has noticed") {
                try await names(pool) == [manager, "\(manager)/second"]
            }
            _ = try await living.service.send(RedisCommand("PUBLISH", "news", "x"))
            try await eventually("the other has heard") { heard.withLock { $0 } == ["second"] }
            for subscription in subscriptions { await subscription.close() }
        }
    }

    @Test("However many ask at once, one is given, and another configuration is refused")
    func asked() async throws {
        try await withManager { server, redis, _ in
            #expect(redis.record.tasks == 1_000 && redis.record.managers == 1)
            await #expect(throws: RedisError.self) {
                _ = try await ManagedRedis(
                    ManagerDeclaration(connections: 3), server: server.configuration, application: "shop", defects: [])
            }
            // A second application of the process shares it.
            let same = try await ManagedRedis(
                ManagerDeclaration(connections: 2), server: server.configuration, application: "shop", defects: [])
            #expect(same.manager === redis.manager)
        }
    }
}

import CacheHierarchy
import Foundation
import Processes
import RedisClient
import Scenarios
import Testing

@testable import ScenarioRunner

@Suite("Tenants of one Redis", .serialized)
struct TenantTests {
    private let server: RedisServer
    private let pool: RedisPool
    private let scenarios: [(name: String, scenario: Scenario)]

    init() async throws {
        server = try await RedisServer.open(.privateServer)
        pool = RedisPool(server.configuration)
        scenarios = try InstanceScenariosTests.load("tenants").tenants()
    }

    private func close() async {
        await pool.close()
        await server.close()
    }

    private func keys() async throws -> Set<[UInt8]> {
        let reply = try await pool.send(RedisCommand("KEYS", "*"))
        return Set((reply.elements ?? []).compactMap(\.bytes))
    }

    /// Starts a tenant's cluster, with something in Redis.
    private func start(_ number: Int, _ application: String, _ defects: Set<Defect> = []) async throws -> RunningCluster
    {
        var deployment = LiveDeployment(
            scenarios[0].scenario, on: server, prefix: "\(number)", defects: defects)
        deployment.application = application
        let cluster = try await deployment.build()
        let worker = cluster.instances[0].makeWorker()
        _ = try await worker.read("k")
        _ = try await worker.invalidate(tags: ["t"])
        return cluster
    }

    @Test("Who goes removes its own keys, all of them, and nothing of the others")
    func removal() async throws {
        var clusters: [RunningCluster] = []
        var keysOf: [Set<[UInt8]>] = []
        for (number, tenant) in scenarios.enumerated() {
            let before = try await keys()
            clusters.append(try await start(number, tenant.name))
            keysOf.append(try await keys().subtracting(before))
        }
        // In another order than they came: names that begin with theirs, and such that theirs begin with, are left.
        var left = clusters.indices.sorted { ($0 * 7) % clusters.count < ($1 * 7) % clusters.count }
        while let next = left.popLast() {
            #expect(keysOf[next].count >= 3, "the state, the floors of keys and those of tags")
            await clusters[next].tearDown()
            let remaining = try await keys()
            #expect(remaining == left.reduce(into: []) { $0.formUnion(keysOf[$1]) })
        }
        await close()
    }

    @Test("With its name as it is before its keys, a tenant breaks and removes what is another's: the defect shows")
    func rawNames() async throws {
        let (outer, inner) = (
            try await start(0, "a", [.rawPrefix]), try await start(1, "a:e", [.rawPrefix])
        )
        let before = try await pool.send(RedisCommand("HGET", "coherence:a:e:s", "b"))
        #expect(before.string != nil)
        // The entry of the key s of the one is the state of the other.
        _ = try await outer.instances[0].makeWorker().read("s")
        #expect(try await pool.send(RedisCommand("HGET", "coherence:a:e:s", "b")) != before)
        for cluster in [outer, inner] { await cluster.tearDown() }

        let (all, one) = (try await start(2, "prod*", [.rawPrefix]), try await start(3, "prod", [.rawPrefix]))
        // The instance that lives begins its state anew, without the floor of what was invalidated before.
        func floor() async throws -> RedisValue {
            try await pool.send(RedisCommand("ZSCORE", "coherence:prod:t", ":t"))
        }
        #expect(try await floor() != .null)
        await all.tearDown()
        #expect(try await floor() == .null)
        await one.tearDown()
        await close()
    }
}

extension RunningCluster {
    /// All of them are tasks of this process.
    fileprivate var instances: [CacheInstance] { members.compactMap { ($0 as? ClusterMember)?.instance } }
}

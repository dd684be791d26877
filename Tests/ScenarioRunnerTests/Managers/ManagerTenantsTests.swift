import CacheHierarchy
import History
import Processes
import RedisClient
import Scenarios
import TestSupport
import Testing

@testable import ScenarioRunner

@Suite("Applications that share one manager")
struct ManagerTenantsTests {
    private static let scenario = Scenario(
        name: "shared", file: "in code", worlds: [.live],
        cluster: Cluster(
            invalidation: .announced, layers: [.init(.redis)], manager: ManagerDeclaration(connections: 2)),
        data: [DataSet(name: "k", keys: 1)],
        phases: [Phase(name: "read", action: .sweep(Sweep(.read, data: ["k"], by: .oneWorker)))],
        checks: [.connections()])

    @Test(
        "They have nothing of each other's; with names as they are, one breaks another's state",
        arguments: [false, true])
    func isolation(isRaw: Bool) async throws {
        let defects: Set<Defect> = isRaw ? [.rawPrefix] : []
        let server = try await RedisServer.open(.privateServer)
        let pool = RedisPool(server.configuration)
        let keeper = ManagerKeeper(application: "shared")
        var clusters: [RunningCluster] = []
        for (number, application) in ["a", "a:e"].enumerated() {
            var deployment = LiveDeployment(
                Self.scenario, on: server, prefix: "shared.\(number)", defects: defects)
            deployment.application = application
            deployment.keeper = keeper
            clusters.append(try await deployment.build())
        }
        func read(_ number: Int, _ key: String) async throws {
            let member = try #require(clusters[number].members.first as? ClusterMember)
            _ = try await member.instance.makeWorker().read(key)
        }
        // Which state of the second's this is: it begins anew where it is lost.
        func state() async throws -> RedisValue {
            try await pool.send(RedisCommand("HGET", isRaw ? "coherence:a:e:s" : "coherence:3:a:e:s", "b"))
        }
        try await read(1, "k:0")
        let before = try await state()
        #expect(before.string != nil)
        // Where names are as they are, the entry of the key s of the one is the state of the other; an instance that has
        // just been suspicious keeps none.
        if isRaw {
            try await eventually("the state of the second is broken") {
                try await read(0, "s")
                return try await state() != before
            }
        } else {
            try await read(0, "s")
            #expect(try await state() == before)
        }

        // One pool for both, and a subscriber for each instance.
        let list = try await pool.send(RedisCommand("CLIENT", "LIST")).string ?? ""
        let names = ConnectionAudit.clients(listed: list).map(\.name).filter { $0.hasPrefix("shared/manager:") }
        #expect(names.count { !$0.hasSuffix(".i0") } == 1 && names.count { $0.hasSuffix(".i0") } == 2, "\(names)")

        // The first who goes takes nothing from the other.
        await clusters[0].tearDown()
        try await read(1, "k:1")
        await clusters[1].tearDown()
        await keeper.close()
        await pool.close()
        await server.close()
    }
}

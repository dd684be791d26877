import CacheHierarchy
import Checking
import Foundation
import History
import Judging
import Processes
import RedisClient
import Scenarios
import Testing

@testable import ScenarioRunner

/// Scenarios made in code, run on a real Redis that the tests start.
@Suite("The live world", .serialized)
struct LiveWorldTests {
    static let position = SourcePosition(file: "in code", line: 1, column: 1)

    /// How many seeds each race is run with; `COHERENCE_RACE_RUNS` asks for more.
    static let raceRuns = ProcessInfo.processInfo.environment["COHERENCE_RACE_RUNS"].flatMap { UInt64($0) } ?? 5

    /// Twenty workers in four instances on few keys, through all four layers.
    static func race(
        _ invalidation: InvalidationMode, operations: Int, checks: [CheckDeclaration], keys: Int = 8
    ) -> Scenario {
        Scenario(
            name: "race", file: "in code",
            cluster: Cluster(instances: 4, hosts: 2, workers: 5, invalidation: invalidation),
            data: [DataSet(name: "hot", keys: keys, tags: ["hot"])],
            phases: [
                Phase(
                    name: "race",
                    action: .mix(
                        Mix(
                            data: ["hot"], operationsPerWorker: operations,
                            shares: Mix.Shares(
                                read: 0.8, write: 0.1, delete: 0.02, invalidate: 0.06, invalidateTag: 0.02),
                            distribution: .zipf(skew: 1)))),
                Phase(name: "look", action: .inspect),
            ], checks: checks)
    }

    /// Runs scenarios and closes the runner whatever happens.
    static func withRunner<Result>(
        worlds: [World]? = nil, defects: Set<Defect> = [], redis: RedisServer.Source = .privateServer,
        onProgress: @escaping @Sendable (ScenarioRunner.Progress) -> Void = { _ in },
        _ body: (ScenarioRunner) async throws -> Result
    ) async throws -> Result {
        var configuration = ScenarioRunner.Configuration()
        if let worlds { configuration.worlds = worlds }
        configuration.defects = defects
        configuration.redis = redis
        configuration.onProgress = onProgress
        let runner = try await ScenarioRunner.open(configuration)
        do {
            let result = try await body(runner)
            await runner.close()
            return result
        } catch {
            await runner.close()
            throw error
        }
    }

    static func story(_ result: ScenarioResult) -> Comment {
        let violations = result.checks.flatMap(\.violations).map { "\($0.rule)\n\($0.explanation)" }
        return "seed \(result.seed): \(result.failure ?? "") \(violations.joined(separator: "\n"))"
    }

    @Test("A run that is interrupted keeps what it recorded, and judges none of it")
    func interrupted() async throws {
        let (begun, continuation) = AsyncStream.makeStream(of: Void.self)
        // So many operations that the run is still under way when it is interrupted.
        let scenario = Self.race(.announced, operations: 10_000, checks: [.freshAfterInvalidation()])
        let results = try await Self.withRunner(
            worlds: [.live], onProgress: { if case .phase = $0 { continuation.yield() } }
        ) { runner in
            let run = Task { await runner.run(scenario, seed: 1) }
            for await _ in begun { break }
            run.cancel()
            return await run.value
        }
        let result = try #require(results.first)
        #expect(result.verdict == .unknown)
        #expect(result.checks.isEmpty)
        // The data was written before the phase began.
        #expect(result.history.operations.count { $0.kind == .write && $0.instance == -1 } == 8)
        #expect(result.declarations == [.freshAfterInvalidation()])
    }

    @Test("With acknowledged invalidation the race is linearizable, seed after seed")
    func acknowledgedRace() async throws {
        let scenario = Self.race(
            .acknowledged, operations: 100,
            checks: [.linearizable(), .freshAfterInvalidation(), .sessions, .convergence, .tags()])
        try await Self.withRunner { runner in
            for seed in 1...Self.raceRuns {
                for result in await runner.run(scenario, seed: seed) {
                    #expect(result.verdict == .pass, Self.story(result))
                    #expect(result.operations.total == 2000)
                    // A machine that stands still for seconds costs operations; with too few left a pass would say little.
                    #expect(result.operations.failed <= 200)
                }
            }
        }
    }

    @Test("With announced invalidation the race keeps what was announced, and every session's order")
    func announcedRace() async throws {
        let scenario = Self.race(
            .announced, operations: 100,
            checks: [.freshAfterInvalidation(), .sessions, .staleness(atMost: nil), .convergence])
        try await Self.withRunner { runner in
            for seed in 1...Self.raceRuns {
                for result in await runner.run(scenario, seed: seed) {
                    #expect(result.verdict == .pass, Self.story(result))
                }
            }
        }
    }

    @Test("A cache without its lease is caught within twenty runs")
    func staleFillIsCaught() async throws {
        let scenario = Self.race(
            .announced, operations: 500, checks: [.freshAfterInvalidation(), .sessions, .convergence])
        let caught = try await Self.withRunner(defects: [.staleFill]) { runner -> UInt64? in
            for seed in 1...UInt64(20) {
                let verdicts = await runner.run(scenario, seed: seed).map(\.verdict)
                if verdicts.contains(.violation) { return seed }
            }
            return nil
        }
        #expect(caught != nil)
    }

    @Test(
        "Connections, memory and keys are measured, held against their bounds, and a bound that is too low is a violation"
    )
    func resources() async throws {
        let scenario = Self.race(
            .acknowledged, operations: 20,
            checks: [
                .resources(
                    atMost: ["connections": 200, "memory": 4_000_000_000, "redis-keys": 10_000],
                    inTheEnd: ["connections": 200])
            ])
        let tight = Self.race(
            .acknowledged, operations: 20,
            checks: [
                .resources(atMost: ["connections": 1], inTheEnd: [:]),
                .resources(atMost: [:], inTheEnd: ["redis-keys": 0]),
            ])
        try await Self.withRunner { runner in
            let results = await runner.run(scenario, seed: 1)
            #expect(results.map(\.verdict) == [.pass], Self.story(results[0]))
            #expect(results[0].checks[0].examined >= 3)
            let checks = await runner.run(tight, seed: 1)[0].checks
            #expect(checks.map(\.verdict) == [.violation, .violation])
            #expect(
                checks.map { Set($0.violations.map(\.rule)) }
                    == [["A resource stays within its bound."], ["A resource is given back in the end."]])
        }
    }

    @Test("A run leaves no process, no file and no folder behind")
    func leavesNothing() async throws {
        let server = try await RedisServer.open(.privateServer)
        let folder = server.caretaker.folder
        #expect(FileManager.default.fileExists(atPath: folder + "/redis.sock"))
        let information = try await server.information("server")
        let process = try #require(
            ServerInformation(text: information).number("process_id").map { pid_t($0) })
        #expect(kill(process, 0) == 0)
        await server.close()
        #expect(kill(process, 0) == -1)
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test("On a server that is not its own a run uses the database it was told and leaves no key")
    func guest() async throws {
        let host = try await RedisServer.open(.privateServer)
        var configuration = host.configuration
        configuration.database = 3
        let scenario = Self.race(.acknowledged, operations: 20, checks: [.linearizable()])
        let results = try await Self.withRunner(redis: .given(configuration)) { await $0.run(scenario, seed: 1) }
        #expect(results.map(\.verdict) == [.pass])
        let keyspace = try await host.information("keyspace")
        #expect(!keyspace.contains("db"), "left behind: \(keyspace)")
        await host.close()
    }

    @Test("Without a redis-server it says how to get one")
    func noServer() async throws {
        let error = await #expect(throws: WorldError.self) {
            try await RedisServer.open(.privateServer, path: "/nowhere")
        }
        #expect(error?.code == .noRedisServer)
        #expect(error?.description.contains("apt-get install redis-server") == true)
    }

    @Test("A server that cannot be reached is an unknown, not a pass")
    func unreachable() async throws {
        let configuration = RedisConfiguration(endpoint: .unixSocket(path: "/nowhere/redis.sock"))
        let error = await #expect(throws: WorldError.self) {
            try await RedisServer.open(.given(configuration), patience: .milliseconds(50))
        }
        #expect(error?.code == .redisUnusable)
    }
}

extension RedisServer {
    /// A section of what the server says of itself.
    func information(_ section: String) async throws -> String {
        let connection = try await RedisConnection.connect(configuration)
        let information = try await connection.send(RedisCommand("INFO", section)).string ?? ""
        await connection.close()
        return information
    }
}

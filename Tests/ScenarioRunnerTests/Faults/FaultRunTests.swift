import CacheHierarchy
import Checking
import Foundation
import History
import Judging
import Processes
import RedisClient
import Scenarios
import TestSupport
import Testing

@testable import ScenarioRunner

@Suite("Runs with faults", .serialized, .computing)
struct FaultRunTests {
    static func scenario(_ faults: [Fault], _ phases: [Phase]? = nil) -> Scenario {
        let mix = Mix(data: ["k"], operationsPerWorker: 20, shares: Mix.Shares(read: 0.7, write: 0.3))
        return Scenario(
            name: "faults", file: "in code",
            cluster: Cluster(
                instances: 2, hosts: 1, workers: 2, invalidation: .announced, lease: .milliseconds(200),
                layers: [LayerDeclaration(.l1), LayerDeclaration(.redis)]),
            data: [DataSet(name: "k", keys: 3)],
            phases: phases ?? [Phase(name: "race", action: .mix(mix)), Phase(name: "look", action: .inspect)],
            faults: faults, checks: [.sessions, .convergence])
    }

    @Test("A fault during which nothing was done makes the run an error, never a pass")
    func idle() throws {
        let scenario = Self.scenario([Fault(.pause, of: .instance(0), during: ["race"], until: .share(1))])
        let simulated = SimulatedRun(scenario: scenario, defects: [])
        var result = simulated.result(seed: 1)
        #expect(result.verdict == .pass, LiveWorldTests.story(result))
        let record = RunRecord(
            world: .simulated, history: result.history, phases: [], roundTrips: [],
            faults: [FaultRecord(scenario.faults[0])])
        result.judge(record, scenario)
        #expect(result.verdict == .error)
        #expect(
            result.failure == "nothing was left to do when this had gone wrong: pause of instance 1 (during race)")
    }

    @Test(
        "What an instance missed while it was cut off is gone afterwards, in both worlds; without suspicion it is caught",
        arguments: [World.simulated, .live])
    func missed(world: World) async throws {
        // Longer than an instance hears nothing without taking its connection for lost.
        let scenario = Self.scenario(
            [Fault(.partition, of: .instance(1), during: ["change"], until: .after(.milliseconds(600)))],
            [
                Phase(name: "fill", action: .sweep(Sweep(.read, data: ["k"], by: .everyWorker))),
                Phase(name: "change", action: .sweep(Sweep(.write, data: ["k"], by: .oneWorker))),
                Phase(name: "look", action: .inspect),
                Phase(name: "again", action: .sweep(Sweep(.read, data: ["k"], by: .everyWorker))),
            ])
        for (defects, verdict) in [(Set<Defect>(), RunVerdict.pass), ([.missedWhileDisconnected], .violation)] {
            let results = try await LiveWorldTests.withRunner(worlds: [world], defects: defects) {
                await $0.run(scenario, seed: 1)
            }
            #expect(results.map(\.verdict) == [verdict], LiveWorldTests.story(results[0]))
        }
    }

    /// All keys are written by the first instance, which dies at a commit, and read afterwards.
    static var deathAtCommit: Scenario {
        var crash = Fault(.crash(nil), of: .instance(0), during: ["change"], until: nil)
        crash.isAtCommit = true
        var scenario = scenario(
            [crash],
            [
                Phase(name: "change", action: .sweep(Sweep(.write, data: ["k"], by: .oneWorker))),
                Phase(name: "again", action: .sweep(Sweep(.read, data: ["k"], by: .everyWorker))),
            ])
        scenario.cluster.invalidation = .acknowledged
        scenario.checks = [.linearizable(), .sessions]
        return scenario
    }

    @Test(
        "Who dies at a commit has written, does not learn it, and is replaced, in both worlds",
        arguments: [World.simulated, .live])
    func atCommit(world: World) async throws {
        let results = try await LiveWorldTests.withRunner(worlds: [world]) { await $0.run(Self.deathAtCommit, seed: 1) }
        let result = try #require(results.first)
        #expect(result.verdict == .pass, LiveWorldTests.story(result))
        #expect(result.faults.map(\.times) == [1])
        let operations = result.history.operations.filter(\.isOfClient)
        // The first write of all is the first commit.
        let unknown = operations.filter { $0.kind == .write && $0.outcome == .unknown }
        let died = try #require(unknown.first)
        #expect(unknown.count == 1)
        let read = operations.filter { $0.kind == .read && $0.key == died.key && $0.outcome == .ok }
        #expect(read.count == 4 && read.allSatisfy { $0.version == 2 }, "\(read)")
    }

    @Test("Who commits nothing does not die, which makes the run an error, never a pass")
    func noCommit() {
        var scenario = Self.deathAtCommit
        scenario.phases[0] = Phase(name: "change", action: .sweep(Sweep(.read, data: ["k"], by: .oneWorker)))
        scenario.checks = [.sessions]
        let result = SimulatedRun(scenario: scenario, defects: []).result(seed: 1)
        #expect(result.verdict == .error, LiveWorldTests.story(result))
        #expect(
            result.failure
                == "nothing was left to do when this had gone wrong: crash of instance 1 at a commit (during change)")
    }

    @Test(
        "What is repeated goes wrong again and again, and live every recovery is measured",
        arguments: [World.simulated, .live])
    func repeated(world: World) async throws {
        var crash = Fault(.crash(.kept), of: .redis, during: ["race"], from: 0.1, until: .after(.milliseconds(50)))
        crash.repetition = Fault.Repetition(every: .milliseconds(200), until: 0.9)
        // Paced, it takes a second at least, however fast the machine is.
        let mix = Mix(data: ["k"], operationsPerWorker: 50, pace: 50, shares: Mix.Shares(read: 0.7, write: 0.3))
        let scenario = Self.scenario([crash], [Phase(name: "race", action: .mix(mix))])
        let results = try await LiveWorldTests.withRunner(worlds: [world]) { await $0.run(scenario, seed: 1) }
        let result = try #require(results.first)
        #expect(result.failure == nil, LiveWorldTests.story(result))
        let record = try #require(result.faults.first)
        #expect(record.times >= 2)
        #expect(record.recoveries.count == (world == .live ? record.times : 0))
        let starts = result.history.operations.filter(\.isOfClient).map(\.start)
        let (first, last) = (try #require(starts.min()), try #require(starts.max()))
        #expect(last - first >= 49 * 20_000_000)
    }

    @Test("An origin that is down refuses what is asked of it, in both worlds", arguments: [World.simulated, .live])
    func originDown(world: World) async throws {
        let fault = Fault(.crash(nil), of: .origin, during: ["race"], from: 0.2, until: .share(0.8))
        let results = try await LiveWorldTests.withRunner(worlds: [world]) {
            await $0.run(Self.scenario([fault]), seed: 1)
        }
        let result = try #require(results.first)
        #expect(result.verdict == .pass, LiveWorldTests.story(result))
        let writes = result.history.operations.filter { $0.kind == .write && $0.isOfClient }
        #expect(writes.contains { $0.outcome == .ok })
        #expect(writes.contains { $0.outcome != .ok })
        // Nothing that was refused has been committed: the versions of those that were are without gaps.
        let versions = Dictionary(grouping: writes.filter { $0.outcome == .ok }, by: \.key)
        for (key, writes) in versions {
            #expect(writes.map(\.version).max() == Int64(writes.count) + 1, "key \(key)")
        }
    }

    @Test(
        "A load that is held is overtaken by the writes of the time, and a cache that keeps it is caught",
        arguments: ["origin-hold-acknowledged", "origin-hold-announced"])
    func heldLoads(name: String) throws {
        let scenario = try FaultScenariosTests.load(name)
        let result = SimulatedRun(scenario: scenario, defects: [.staleFill]).result(seed: 1)
        #expect(result.checks.first { "\($0.check)" == "fresh-after-invalidation" }?.verdict == .violation)
        var operations = result.history.operations.filter { $0.kind == .load }
        operations.sort { $0.end - $0.start > $1.end - $1.start }
        // As long as the file says that they are held, less what had passed of it.
        #expect(operations.first.map { $0.end - $0.start > 10_000_000 } == true)
    }

    @Test("A fault that lasts for longer than the run may leaves what was recorded to be judged")
    func outlasts() async throws {
        var scenario = Self.scenario(
            [Fault(.crash(nil), of: .origin, during: ["race"], from: 0.5, until: .after(.seconds(3600)))])
        scenario.cluster.lease = .seconds(1)
        var configuration = ScenarioRunner.Configuration()
        configuration.timeout = .seconds(8)
        let runner = try await ScenarioRunner.open(configuration)
        let results = await runner.run(scenario, seed: 1)
        await runner.close()
        let result = try #require(results.first)
        #expect(result.verdict == .unknown, LiveWorldTests.story(result))
        #expect(result.operations.total == 80)
        #expect(result.checks.contains { $0.examined > 0 })
    }

    @Test("What a Redis lost in one crash does not come back in the next, which keeps what there is")
    func lostThenKept() async throws {
        let server = try await RedisServer.open(.privateServer)
        let pool = RedisPool(server.configuration)
        let scenario = Self.scenario([
            Fault(.crash(.lost), of: .redis, during: ["race"], until: .share(0.3)),
            Fault(.crash(.kept), of: .redis, during: ["race"], from: 0.5, until: .share(0.8)),
        ])
        let injector = try await LiveFaultInjector(
            scenario, server: server, pool: pool,
            tier: RedisSharedTier.Configuration(namespace: try RedisNamespace("lost-then-kept")))
        _ = try await pool.send(RedisCommand("SET", "before", "1"))
        try await injector.crashRedis(.lost)
        try await injector.restartRedis()
        _ = try await pool.send(RedisCommand("SET", "after", "1"))
        try await injector.crashRedis(.kept)
        try await injector.restartRedis()
        let (lost, kept) = (
            try await pool.send(RedisCommand("GET", "before")).string,
            try await pool.send(RedisCommand("GET", "after")).string
        )
        #expect(lost == nil && kept == "1")
        await injector.remove()
        await pool.close()
        await server.close()
    }

    @Test("On a server that is not its own a run refuses what would hit others, and says why")
    func guest() async throws {
        let host = try await RedisServer.open(.privateServer)
        for action: Fault.Action in [.crash(.lost), .pause, .memoryPressure, .eviction, .failover] {
            let scenario = Self.scenario([Fault(action, of: .redis, during: ["race"], until: .share(0.5))])
            let results = try await LiveWorldTests.withRunner(redis: .given(host.configuration)) {
                await $0.run(scenario, seed: 1)
            }
            #expect(results.map(\.verdict) == [.unknown])
            #expect(results[0].failure?.contains("a guest does not bring about") == true, "\(results[0].failure ?? "")")
        }
        // What hits nobody else is done.
        let own = Self.scenario([Fault(.partition, of: .instance(0), during: ["race"], until: .share(0.5))])
        let results = try await LiveWorldTests.withRunner(redis: .given(host.configuration)) {
            await $0.run(own, seed: 1)
        }
        #expect(results.map(\.verdict) == [.pass], LiveWorldTests.story(results[0]))
        let keyspace = try await host.information("keyspace")
        #expect(!keyspace.contains("db"), "left behind: \(keyspace)")
        await host.close()
    }

    @Test("A run that is ended while its Redis stands still leaves no process and no folder")
    func interrupted() async throws {
        let server = try await RedisServer.open(.privateServer)
        let folder = server.caretaker.folder
        let information = try await server.information("server")
        let process = try #require(
            ServerInformation(text: information).number("process_id").map { pid_t($0) })
        let scenario = Self.scenario(
            [Fault(.pause, of: .redis, during: ["wait-1"], until: .share(1))],
            [Phase(name: "wait-1", action: .wait(.seconds(3600)))])
        let cluster = try await LiveDeployment(scenario, on: server, prefix: "interrupted").build()
        let run = Task {
            var run = ScenarioRun(scenario, WorkloadPlan(scenario, seed: 1), in: cluster) { _ in }
            try await run.execute()
        }
        while !Self.isStopped(process) { await Task.yield() }
        run.cancel()
        await #expect(throws: CancellationError.self) { try await run.value }
        #expect(!Self.isStopped(process), "it goes on after the run")
        await cluster.tearDown()
        await server.close()
        #expect(kill(process, 0) == -1)
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test("A run that is ended while its replica lags leaves neither of the two servers behind")
    func lagging() async throws {
        let server = try await RedisServer.open(.privateServer)
        let folder = server.caretaker.folder
        let scenario = Self.scenario(
            [Fault(.failover, of: .redis, during: ["wait-1"], until: .share(1))],
            [Phase(name: "wait-1", action: .wait(.seconds(3600)))])
        let cluster = try await LiveDeployment(scenario, on: server, prefix: "lagging").build()
        let run = Task {
            var run = ScenarioRun(scenario, WorkloadPlan(scenario, seed: 1), in: cluster) { _ in }
            try await run.execute()
        }
        var replica = server.configuration
        replica.endpoint = .unixSocket(path: "\(folder)/replica-1")
        var process: pid_t?
        while process == nil {
            guard let connection = try? await RedisConnection.connect(replica) else {
                await Task.yield()
                continue
            }
            let information = try await connection.send(RedisCommand("INFO", "server")).string ?? ""
            await connection.close()
            process = ServerInformation(text: information).number("process_id").map { pid_t($0) }
        }
        run.cancel()
        // A fault that was cancelled while it began says so in its own words.
        await #expect(throws: (any Error).self) { try await run.value }
        await cluster.tearDown()
        await server.close()
        #expect(kill(try #require(process), 0) == -1)
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    /// Whether a process has been stopped by a signal.
    static func isStopped(_ process: pid_t) -> Bool {
        let state = Process()
        let output = Pipe()
        state.executableURL = URL(filePath: "/bin/ps")
        state.arguments = ["-o", "stat=", "-p", "\(process)"]
        state.standardOutput = output
        guard (try? state.run()) != nil else { return false }
        let text = output.fileHandleForReading.readDataToEndOfFile()
        state.waitUntilExit()
        return text.first == UInt8(ascii: "T")
    }
}

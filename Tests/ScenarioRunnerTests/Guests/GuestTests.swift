import Foundation
import Judging
import Processes
import RedisClient
import Scenarios
import TestSupport
import Testing

@testable import ScenarioRunner

@Suite("A guest on a Redis that is not its own", .serialized, .timeLimit(.minutes(10)))
struct GuestTests {
    /// The line of the documentation that grants what a run needs.
    static func documentedACL() throws -> [String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "Documentation/CommandLine.md"), encoding: .utf8)
        let line = try #require(page.split(separator: "\n").first { $0.hasPrefix("    ACL SETUSER coherence ") })
        return line.split(separator: " ").map(String.init)
    }

    /// Runs a test with a server on which the documented user exists, and a connection with all rights.
    static func withHost(
        rules: [String] = [], _ body: (RedisConfiguration, RedisConnection) async throws -> Void
    ) async throws {
        let host = try await RedisServer.open(.privateServer)
        let connection = try await RedisConnection.connect(host.configuration)
        _ = try await connection.send(RedisCommand(parts: try documentedACL() + rules))
        var guest = host.configuration
        guest.username = "coherence"
        guest.password = "PASSWORD"
        do {
            try await body(guest, connection)
        } catch {
            await connection.close()
            await host.close()
            throw error
        }
        await connection.close()
        await host.close()
    }

    static func keys(_ connection: RedisConnection) async throws -> [String] {
        (try await connection.send(RedisCommand("KEYS", "*")).elements ?? []).compactMap(\.string).sorted()
    }

    private static func opening(_ configuration: RedisConfiguration) async throws -> WorldError {
        do {
            await (try await RedisServer.open(.given(configuration))).close()
        } catch let error as WorldError {
            return error
        }
        throw NeverHappened(description: "it could be used")
    }

    @Test("The documented line grants exactly what a run asks whether it may")
    func documented() throws {
        let rules = try Self.documentedACL().dropFirst(3)
        let commands = rules.filter { $0.hasPrefix("+") }.map { String($0.dropFirst()) }
        #expect(Set(commands) == Set(GuestRights.commands) && commands.count == GuestRights.commands.count)
        #expect(Set(rules.filter { "~&".contains($0.first!) }) == Set(GuestRights.patterns))
        #expect(!rules.contains { $0.hasPrefix("+@") } && rules.contains("-@all"))
    }

    @Test("With exactly the documented rights runs pass, on a channel and on a stream, and leave nothing")
    func rights() async throws {
        try await Self.withHost { guest, host in
            _ = try await host.send(RedisCommand("SET", "coherence:4:prod:e:k", "another's"))
            for bus in [Scenarios.Bus.pubSub, .streams] {
                var scenario = LiveWorldTests.race(.acknowledged, operations: 20, checks: [.linearizable()])
                scenario.cluster.bus = bus
                let results = try await LiveWorldTests.withRunner(redis: .given(guest)) {
                    await $0.run(scenario, seed: 1)
                }
                #expect(results.map(\.verdict) == [.pass], "\(results.map { $0.failure ?? "" })")
            }
            #expect(try await Self.keys(host) == ["coherence:4:prod:e:k"])
            let log = try await host.send(RedisCommand("ACL", "LOG"))
            #expect(log.elements?.isEmpty == true, "\(log)")
        }
    }

    @Test(
        "A right that is missing is named before the run, with what to do",
        arguments: [
            (["-info"], "+info"), (["-client|list"], "+client|list"), (["-client|setname"], "CLIENT SETNAME"),
            (["-evalsha", "-xadd"], "+xadd +evalsha"), (["-subscribe"], "+subscribe"), (["-pexpire"], "+pexpire"),
            (["resetkeys", "~cache:*"], "~coherence:*"), (["resetchannels"], "&coherence:*"),
        ])
    func missing(rules: [String], named: String) async throws {
        try await Self.withHost(rules: rules) { guest, host in
            let start = ContinuousClock.now
            let error = try await Self.opening(guest)
            #expect(error.code == .redisUnusable && error.message.contains("NOPERM"))
            #expect(error.message.contains(named), "\(error)")
            #expect(error.advice.contains("Documentation/CommandLine.md"))
            #expect(!error.description.contains("password"))
            // Far less than the time for which a server that is not there is waited for.
            #expect(ContinuousClock.now - start < .seconds(8))
            #expect(try await Self.keys(host).isEmpty)
        }
    }

    @Test("A server that takes no writes says why before the run", arguments: ["READONLY", "OOM"])
    func unwritable(word: String) async throws {
        try await Self.withHost { guest, host in
            let command =
                word == "OOM"
                ? RedisCommand("CONFIG", "SET", "maxmemory", "1") : RedisCommand("REPLICAOF", "127.0.0.1", "1")
            _ = try await host.send(command)
            let error = try await Self.opening(guest)
            #expect(error.message.contains(word), "\(error)")
            #expect(error.advice.contains(word == "OOM" ? "maxmemory" : "primary"))
        }
    }

    @Test(
        "A server that refuses everything, or is none, is named at once and not asked again and again",
        arguments: [
            ("-LOADING Redis is loading the dataset in memory\r\n", "LOADING"),
            ("-BUSY Redis is busy running a script.\r\n", "BUSY"), ("-NOAUTH Authentication required.\r\n", "NOAUTH"),
            ("-MISCONF Redis is configured to save RDB snapshots\r\n", "MISCONF"),
            ("HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP server"),
        ])
    func refusing(answer: String, word: String) async throws {
        let server = try AnsweringServer(answer)
        defer { server.stop() }
        let error = try await Self.opening(
            RedisConfiguration(endpoint: .tcp(host: "127.0.0.1", port: server.port)))
        #expect(error.code == .redisUnusable && error.message.contains(word), "\(error)")
        #expect(server.connections <= 3)
    }

    @Test("The keys go when a run ends in a task that was cancelled")
    func cancelled() async throws {
        try await Self.withHost { guest, host in
            let server = try await RedisServer.open(.given(guest))
            for number in 0..<2_000 {
                _ = try await host.send(RedisCommand("SET", "\(server.keyStart)\(number)", "x"))
            }
            _ = try await host.send(RedisCommand("SET", "coherence:run:other:x", "x"))
            let closing = Task { () -> String? in
                while !Task.isCancelled { await Task.yield() }
                return await server.close()
            }
            closing.cancel()
            #expect(await closing.value == nil)
            #expect(try await Self.keys(host) == ["coherence:run:other:x"])
        }
    }

    @Test("A server that stands still does not hold up the end, which says what may be left")
    func standing() async throws {
        try await Self.withHost { guest, host in
            let server = try await RedisServer.open(.given(guest))
            let information = try await host.send(RedisCommand("INFO", "server")).string ?? ""
            let process = try #require(ServerInformation(text: information).number("process_id").map { pid_t($0) })
            kill(process, SIGSTOP)
            let start = ContinuousClock.now
            let remains = await server.close()
            let time = ContinuousClock.now - start
            kill(process, SIGCONT)
            #expect(remains?.contains(server.keyStart) == true && remains?.contains("coherence clean") == true)
            #expect(time < .seconds(10), "\(time)")
        }
    }

    @Test("Cleaning removes what dead runs left, and nothing of the living or of others")
    func cleaning() async throws {
        try await Self.withHost { guest, host in
            let alive = try await RedisServer.open(.given(guest))
            let others = [
                "\(alive.keyStart)3:abc:s", alive.identity.leaseKey, "coherence:4:prod:s", "coherence:run", "other",
                // Without a lease, but still connected: it stands still.
                "coherence:run:7-still:x",
            ]
            for key in others where key != alive.identity.leaseKey {
                _ = try await host.send(RedisCommand("SET", key, "x"))
            }
            var standing = guest
            standing.clientName = "coherence-7-still.i0.pool"
            let connection = try await RedisConnection.connect(standing)
            // Its name is the beginning of the other's.
            for number in 0..<1_200 {
                _ = try await host.send(RedisCommand("SET", "coherence:run:7-stil:\(number)", "x"))
            }
            _ = try await host.send(RedisCommand("SET", "coherence:run:8-dead:bridge", "x"))
            let runs = try await GuestCleaning.clean(guest)
            #expect(runs.filter { !$0.isAlive }.map(\.id) == ["7-stil", "8-dead"])
            #expect(runs.filter { !$0.isAlive }.map(\.removed) == [1_200, 1])
            #expect(runs.count(where: \.isAlive) == 2)
            #expect(try await Self.keys(host) == others.sorted())
            await connection.close()
            await alive.close()
            // A lease alone says that a run is alive.
            _ = try await host.send(RedisCommand("SET", "coherence:run:9-new:lease", "", "PX", "60000"))
            _ = try await host.send(RedisCommand("SET", "coherence:run:9-new:x", "x"))
            let again = try await GuestCleaning.clean(guest)
            #expect(again.map(\.id) == ["7-still", "9-new"] && again.map(\.isAlive) == [false, true])
        }
    }

    @Test("A lease is there before any other key, and is renewed while the run lives")
    func lease() async throws {
        try await Self.withHost { guest, host in
            let server = try await RedisServer.open(.given(guest), keyLifetime: .seconds(1))
            #expect(try await Self.keys(host) == [server.identity.leaseKey])
            let start = ContinuousClock.now
            while ContinuousClock.now - start < .seconds(2) {
                let left = try await host.send(RedisCommand("PTTL", server.identity.leaseKey)).integerValue ?? -9
                #expect((-2...1_000).contains(left))
                try await Task.sleep(for: .milliseconds(50))
            }
            try await eventually("it is there") { try await Self.keys(host) == [server.identity.leaseKey] }
            await server.close()
            #expect(try await Self.keys(host).isEmpty)
        }
    }

    @Test(
        "Nobody waits for a server that is certainly not there",
        arguments: [RedisEndpoint.unixSocket(path: "/nowhere/redis.sock"), .tcp(host: "127.0.0.1", port: 1)])
    func absent(endpoint: RedisEndpoint) async throws {
        // Waiting for it would end the test.
        let error = await #expect(throws: WorldError.self) {
            try await RedisServer.open(
                .given(RedisConfiguration(endpoint: endpoint)), patience: .seconds(3_600))
        }
        #expect(error?.code == .redisUnusable)
        #expect(error?.message.contains("\(endpoint)") == true, "\(String(describing: error))")
    }
}

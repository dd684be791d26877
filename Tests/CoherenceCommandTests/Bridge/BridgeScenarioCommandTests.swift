import Foundation
import Testing

/// What each command does with the scenario of an event bridge.
@Suite("Scenarios of an event bridge at the command line", .serialized)
struct BridgeScenarioCommandTests {
    let command = CommandTests()

    static let small = """
        scenario: Three
        bridge: { instances: 3, duration: 300ms, rate: 300/s, transport: pub-sub }
        targets:
          - { name: nothing-lost, metric: bridge.lost, limit: "<= 0" }
          - { name: in-time, metric: bridge.latency, statistic: max, limit: "< 1h" }
        """

    func run(_ arguments: [String], _ text: String = small) async throws -> CommandTests.Outcome {
        var outcome: CommandTests.Outcome?
        try await command.withFile(text) { file in
            outcome = try await command.run(arguments.map { $0 == "FILE" ? file : $0 })
        }
        return try #require(outcome)
    }

    @Test("It is run, judged by its targets, and told in a block that names each instance")
    func text() async throws {
        let outcome = try await run(["run", "FILE", "--verbose"])
        #expect(outcome.code == 0, "\(outcome.output) \(outcome.errors)")
        #expect(outcome.output.contains("pass Three  pub-sub, 3 processes, 300 events/s for 0.3 s"))
        #expect(
            outcome.output.contains(
                "90 published; 180 of 180 delivered, 0 lost, 0 twice, 0 to their publisher; 0 errors"))
        let lines = outcome.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(lines.contains { $0.starts(with: ["nothing-lost", "<=", "0", "0", "pass"]) })
        for number in 1...3 { #expect(lines.contains { $0.starts(with: ["\(number)", "30", "60", "0", "0"]) }) }
        #expect(lines.contains(["latency", "min", "average", "p50", "p95", "p99", "max"]))
        #expect(outcome.output.contains("1 run: 1 pass; 0 operations and 180 deliveries of events in"))
    }

    @Test("In JSON it stands among the scenarios, with what its instances counted")
    func json() async throws {
        let outcome = try await run(["run", "FILE", "--format", "json", "--repeat", "2"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let scenarios = try #require(document["scenarios"] as? [[String: Any]])
        #expect(scenarios.count == 2)
        let scenario = try #require(scenarios.first)
        #expect(scenario["verdict"] as? String == "pass")
        #expect(scenario["world"] as? String == "live")
        #expect((scenario["operations"] as? [String: Int])?["total"] == 90)
        let bridge = try #require(scenario["bridge"] as? [String: Any])
        #expect(bridge["delivered"] as? Int == 180)
        #expect((bridge["instances"] as? [[String: Any]])?.compactMap { $0["received"] as? Int } == [60, 60, 60])
        let latency = try #require(bridge["latency"] as? [String: Any])
        for figure in ["min", "mean", "p50", "p95", "p99", "max"] { #expect(latency[figure] is NSNumber, "\(figure)") }
        let metrics = (scenario["measurements"] as? [[String: Any]])?.compactMap { $0["metric"] as? String } ?? []
        #expect(Set(metrics).isSuperset(of: ["bridge.lost", "bridge.latency", "bridge.disconnected"]))
        #expect((scenario["replay"] as? String)?.hasPrefix("coherence run '") == true)
    }

    @Test(
        "The exit code tells what was missed from what must never happen, and both from what could not be judged",
        arguments: [
            ("< 1h", "limit: \"<= 0\"", 0), ("< 1ns", "limit: \"<= 0\"", 2), ("< 1h", "limit: \"> 0\"", 1),
        ] as [(String, String, Int32)])
    func codes(latency: String, lost: String, code: Int32) async throws {
        let text = Self.small.replacing("< 1h", with: latency).replacing("limit: \"<= 0\"", with: lost)
        let outcome = try await run(["run", "FILE"], text)
        #expect(outcome.code == code, "\(outcome.output)")
        #expect(outcome.output.contains("reproduce: coherence run '") == (code != 0))
    }

    @Test("Without a Redis it is unknown, and says why")
    func noRedis() async throws {
        try await command.withFile(Self.small) { file in
            let outcome = try await command.run(["run", file], path: "/nowhere")
            #expect(outcome.code == 3)
            #expect(outcome.output.contains("there is no redis-server on the PATH"))
        }
    }

    @Test("A guest brings about no fault of the server")
    func guest() async throws {
        let text = Self.small.replacing("transport: pub-sub", with: "transport: streams, fault: restart-redis")
        let outcome = try await run(["run", "FILE", "--redis", "unix:///nowhere/redis.sock"], text)
        #expect(outcome.code == 3)
        #expect(outcome.output.contains("a guest does not bring about restart-redis: others may use that server"))
    }

    @Test("It is listed and valid, and is not run in virtual time")
    func others() async throws {
        let listed = try await run(["list", "FILE"])
        #expect(listed.output.contains("bridge   pub-sub, 3 processes, 300 events/s for 300 ms"))
        #expect(listed.output.contains("targets  nothing-lost, in-time"))
        #expect(try await run(["validate", "FILE"]).output.hasSuffix(": valid\n"))
        let simulated = try await run(["run", "FILE", "--world", "simulated"])
        #expect(
            simulated.output.contains(
                "not run, not in the world simulated, because the instances of an event bridge are processes: Three"))
        #expect(simulated.code == 3)
    }

    @Test(
        "Who explores, replays or checks it is told that it is not for them",
        arguments: [
            (["explore", "FILE"], "Three: not explored, because the instances of an event bridge are processes", 3),
            (
                ["replay", "FILE", "--operations", "0.0 r k:1", "--schedule", "sim1-0"],
                "found the scenario of an event bridge; expected one of a cluster", 64
            ),
            (["check", "FILE"], "found a scenario; expected a recorded history", 64),
        ] as [([String], String, Int32)])
    func refused(arguments: [String], message: String, code: Int32) async throws {
        let outcome = try await run(arguments)
        #expect(outcome.errors.contains(message), "\(outcome.errors) \(outcome.output)")
        #expect(outcome.code == code)
    }

    @Test("A mistake in it is told with its place, and nothing is run")
    func mistake() async throws {
        let outcome = try await run(
            ["run", "FILE"], Self.small.replacing("transport: pub-sub", with: "transport: pubsub"))
        #expect(outcome.code == 64)
        #expect(
            outcome.errors.contains(
                #":2:66: error: bridge.transport: found "pubsub"; expected one of pub-sub, streams, tracking; did you mean pub-sub?"#
            ), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }
}

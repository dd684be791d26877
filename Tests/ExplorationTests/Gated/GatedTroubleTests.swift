import Checking
import Foundation
import GatedWorld
import Judging
import Processes
import Scenarios
import TestSupport
import Testing

@testable import Exploration

/// Caches and adapters that do not behave: nothing hangs, nothing is left, and it is said who did what.
@Suite("Trouble with real processes", .serialized, .enabled(if: Programs.path(of: "python3") != nil))
struct GatedTroubleTests {
    private static func explore(
        _ scenario: Scenario, schedules: Int = 30
    ) async throws -> ScenarioExploration {
        try await GatedCaches.explore(scenario) {
            $0.schedules = schedules
            // A busy machine may need a second for what is nothing.
            $0.limits.quiet = 5
            $0.limits.timers = 0.3
        }
    }

    @Test("Who waits for ever is told, with what its threads wait for")
    func stuck() async throws {
        let explored = try await Self.explore(GatedCaches.scenario(bug: "wait"))
        let failure = try #require(explored.failures.first)
        #expect(failure.kind.rule == "A run comes to its end: nobody waits for ever.")
        #expect(failure.reason.contains("write rows:0 by worker"), "\(failure.reason)")
        #expect(failure.reason.contains("thread"), "\(failure.reason)")
    }

    @Test("A process that never becomes quiet is told")
    func spinning() async throws {
        let explored = try await Self.explore(GatedCaches.scenario("threads", bug: "spin"))
        let failure = try #require(explored.failures.first)
        #expect(failure.kind.rule == "A process becomes quiet when it is given nothing more.")
        #expect(failure.reason.contains("runs"), "\(failure.reason)")
    }

    @Test("A process that ends is told, with how")
    func ending() async throws {
        let explored = try await Self.explore(GatedCaches.scenario(bug: "end"), schedules: 60)
        let failure = try #require(explored.failures.first)
        #expect(failure.kind.rule == "An adapter keeps to its protocol.")
        #expect(failure.reason.contains("exited with 3"), "\(failure.reason)")
    }

    @Test("A process that moves by itself proves nothing")
    func moving() async throws {
        // Python's own call of the system goes past the clock.
        let command = "PYTHONDONTWRITEBYTECODE=1 PYTHONPATH='\(GatedCaches.root)/Adapters/python' LD_PRELOAD= "
            + "exec python3 " + "'\(GatedCaches.root)/Fixtures/Adapters/lease_cache.py' threads"
        let explored = try await Self.explore(GatedCaches.scenario(bug: "polls", command: command))
        #expect(explored.verdict == .unknown)
        #expect((explored.gated?.void ?? 0) > 0)
        #expect((explored.gated?.late ?? 0) > 0)
        let passing = try #require(explored.gated?.passingGates.first)
        #expect(passing.contains("keeps its own time"), "\(passing)")
    }

    @Test("More connections than anybody needs end the exploration")
    func connections() async throws {
        let explored = try await Self.explore(GatedCaches.scenario("threads", bug: "open"))
        #expect(explored.verdict == .unknown)
        let ending = try #require(explored.gated?.ending)
        #expect(ending.contains("more than 256 connections"), "\(ending)")
    }

    @Test("A command that is no adapter ends the exploration with what it did", arguments: [
        ("exit 5", "exited with 5"), ("echo hello; cat", "not understood"),
        ("no-such-command-at-all", "exited with 127"),
    ])
    func noAdapter(command: String, expected: String) async throws {
        await #expect {
            _ = try await Self.explore(GatedCaches.scenario(command: command))
        } throws: { error in
            "\(error)".contains(expected)
        }
    }

    @Test("Nothing is left of the processes", arguments: ["none", "end", "wait"])
    func leavesNothing(bug: String) async throws {
        let mark = "leaves-nothing-\(UUID().uuidString)"
        let scenario = try GatedCaches.scenario(bug: bug)
        let command = try #require(scenario.subject?.command)
        var marked = scenario
        marked.subject?.command = "MARK=\(mark) \(command)"
        // The search finds such a process.
        let other = Process()
        other.executableURL = URL(filePath: "/bin/sh")
        other.arguments = ["-c", "exec sleep 60"]
        other.environment = ["MARK": mark]
        try other.run()
        try await eventually("the other process is found") {
            Programs.processes(carrying: "MARK=\(mark)") == [Int(other.processIdentifier)]
        }
        // A process may have inherited that it does not mind SIGTERM.
        kill(other.processIdentifier, SIGKILL)
        other.waitUntilExit()
        _ = try await Self.explore(marked, schedules: 5)
        #expect(Programs.processes(carrying: "MARK=\(mark)") == [])
    }

    @Test("An adapter that cannot forget is started anew for each schedule")
    func withoutReset() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "gated-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let program = """
            import json, sys
            values = {}
            waiting = {}
            def say(**line): print(json.dumps(line), flush=True)
            for text in sys.stdin:
                line = json.loads(text)
                if "ask" in line:
                    request = waiting.pop(line["ask"])
                    if request["op"] == "read":
                        values[request["key"]] = line["ok"]["value"]
                        say(id=request["id"], ok={"value": line["ok"]["value"], "layer": "origin"})
                    else:
                        values.pop(request["key"], None)
                        say(id=request["id"], ok={})
                elif line["op"] == "init":
                    say(id=line["id"], ok={"name": "plain", "protocol": 1, "operations": ["read", "write"],
                        "promises": "acknowledged"})
                elif line["op"] == "read" and line["key"] in values:
                    say(id=line["id"], ok={"value": values[line["key"]], "layer": "L2"})
                else:
                    waiting[line["id"]] = line
                    question = {"ask": line["id"], "key": line["key"]}
                    if line["op"] == "read": say(op="load", **question)
                    else: say(op="commit", value=line["value"], **question)
            """
        try program.write(toFile: "\(folder)/plain.py", atomically: true, encoding: .utf8)
        let scenario = try GatedCaches.scenario(instances: 1, command: "exec python3 '\(folder)/plain.py'")
        let explored = try await Self.explore(scenario, schedules: 40)
        let failure = try #require(explored.failures.first)
        #expect(failure.operations == 2)
        #expect((explored.gated?.starts ?? 0) >= explored.progress.schedules)
    }
}

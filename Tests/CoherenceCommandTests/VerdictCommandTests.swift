import Foundation
import Subprocess
import TestSupport
import Testing

/// A verdict says what was judged, and names what was not.
@Suite("The command's verdicts", .serialized)
struct VerdictCommandTests {
    private let command = CommandTests()

    private func document(_ outcome: CommandTests.Outcome) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any], "\(outcome.errors)")
    }

    /// A tag is invalidated, and nobody meets an entry that carries it.
    private static let unexamined = """
        scenario: A tag that nobody meets again
        cluster: { instances: 1, workers: 1, invalidation: acknowledged, layers: [L2, redis] }
        data:
          feed: { keys: 1, value: 20 B, tags: [feed] }
        phases:
          - read: { name: a, data: feed, by: one worker }
          - invalidate-tag: { tags: [feed], by: one worker }
          - read: { name: b, data: feed, by: one worker }
        checks: [tags]
        """

    @Test(
        "A check that examined nothing is unknown, in every command",
        arguments: [["run", "--world", "simulated"], ["explore", "--schedules", "20"]])
    func unexamined(_ call: [String]) async throws {
        try await command.withFile(Self.unexamined) { file in
            let text = try await command.run(call + [file, "--seed", "1"])
            #expect(text.code == 3, "\(text.output)")
            #expect(text.output.contains("unknown A tag that nobody meets again"), "\(text.output)")
            let json = try await command.run(call + [file, "--seed", "1", "--format", "json"])
            #expect(json.code == 3)
            let document = try document(json)
            #expect(document["verdict"] as? String == "unknown")
            #expect(document["exitCode"] as? Int == 3)
        }
    }

    @Test("Of a time, virtual time says nothing: such a target is listed as not judged, and alone it passes nothing")
    func targets() async throws {
        try await command.withFile(CommandTests.small) { file in
            let text = try await command.run(["run", file, "--world", "simulated", "--seed", "1", "--verbose"])
            #expect(text.code == 0, "\(text.output)")
            #expect(text.output.contains(/read\.latency p99 .* not judged in this world/), "\(text.output)")
            #expect(
                text.output.contains("not judged in virtual time, for --world live: read.latency"), "\(text.output)")
            let json = try await command.run(["run", file, "--world", "simulated", "--seed", "1", "--format", "json"])
            let scenario = try #require((try document(json)["scenarios"] as? [[String: Any]])?.first)
            let target = try #require((scenario["targets"] as? [[String: Any]])?.first)
            #expect(target["verdict"] as? String == "not judged")
            #expect((target["reason"] as? String)?.contains("not judged in this world") == true)
            let rest = try #require((scenario["notJudged"] as? [[String: String]])?.first)
            #expect(rest["kind"] == "target" && rest["name"] == "read.latency p99")
            let explored = try await command.run(["explore", file, "--schedules", "5", "--seed", "1"])
            #expect(explored.code == 0, "\(explored.output)")
            #expect(explored.output.contains("not judged in this world"), "\(explored.output)")
            #expect(explored.output.contains("examined: linearizable ("), "\(explored.output)")
        }
        let alone = CommandTests.small.replacing("checks: [linearizable, convergence]\n", with: "")
        try await command.withFile(alone) { file in
            for call in [["run", "--world", "simulated"], ["explore", "--schedules", "5"]] {
                let outcome = try await command.run(call + [file, "--seed", "1"])
                #expect(outcome.code == 3, "\(outcome.output)\(outcome.errors)")
                #expect(outcome.output.contains("not judged in this world"), "\(outcome.output)")
            }
        }
    }

    /// Takes long in each of its variants.
    private static let varied = """
        scenario: Varied
        cluster: { instances: 2, workers: 2, invalidation: acknowledged, layers: [L1, L2, redis] }
        data:
          things: { keys: 5, tags: [group] }
        vary: { keys: [2, 3, 4] }
        phases:
          - mix: { name: work, data: things, operations: OPERATIONS per worker, read: 80 %, write: 20 % }
          - inspect: everything
        checks: [linearizable, convergence]
        targets:
          - { metric: throughput, statistic: value, limit: ">= 1000000000/s" }
        """

    /// Interrupts the command as soon as it watches for the signal.
    private func interrupted(_ arguments: [String]) async throws -> (code: Int32?, output: String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "interrupted-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let process = Process()
        process.executableURL = URL(filePath: CommandTests.command)
        process.arguments = arguments
        process.environment = CommandTests.variables
        process.currentDirectoryURL = URL(filePath: CommandTests.root)
        let file = folder + "/output"
        try Data().write(to: URL(filePath: file))
        process.standardOutput = FileHandle(forWritingAtPath: file)
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        #if os(Linux)
            try await eventually("the command watches for Ctrl-C") {
                let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
                let line = status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }
                let mask = line?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) }
                return mask.map { $0 & 1 << UInt64(SIGINT - 1) != 0 } ?? false
            }
        #else
            try await Task.sleep(for: .seconds(2))
        #endif
        process.interrupt()
        try await eventually("the end of \(arguments)") { !process.isRunning }
        return (process.terminationStatus, try String(contentsOfFile: file, encoding: .utf8))
    }

    @Test(
        "An interrupted exploration claims nothing of what it did not finish, and names it",
        arguments: ["text", "json"])
    func interruptedExploration(format: String) async throws {
        try await command.withFile(Self.varied.replacing("OPERATIONS", with: "50")) { file in
            let (code, output) = try await interrupted(
                ["explore", file, "--schedules", "100000000", "--seed", "1", "--format", format])
            #expect(code == 130)
            if format == "text" {
                #expect(output.contains("unknown: "), "\(output)")
                #expect(output.contains(/not run, it was interrupted: .*keys=4/), "\(output)")
                #expect(!output.contains("pass"), "\(output)")
            } else {
                let document = try #require(
                    try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
                #expect(document["verdict"] as? String == "unknown")
                #expect(document["exitCode"] as? Int == 130)
                #expect(document["interrupted"] as? Bool == true)
                let rest = try #require(document["notRun"] as? [[String: Any]])
                let explored = try #require(document["explorations"] as? [[String: Any]])
                #expect(rest.count + explored.count == 3)
                #expect(explored.allSatisfy { $0["verdict"] as? String == "unknown" })
            }
        }
    }

    @Test("An interrupted run names the runs that it did not finish")
    func interruptedRun() async throws {
        try await command.withFile(Self.varied.replacing("OPERATIONS", with: "2000000")) { file in
            let (code, output) = try await interrupted(["run", file, "--seed", "1", "--format", "json"])
            #expect(code == 130)
            let document = try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
            #expect(document["verdict"] as? String == "unknown")
            #expect(document["exitCode"] as? Int == 130)
            let rest = try #require(document["notRun"] as? [[String: Any]])
            let done = try #require(document["scenarios"] as? [[String: Any]])
            #expect(rest.count + done.count == 3)
            #expect(rest.contains { ($0["name"] as? String)?.contains("keys=4") == true })
        }
    }

    @Test("The end of a run is what did not pass, with the line that runs exactly that variant again")
    func summary() async throws {
        try await command.withFile(Self.varied.replacing("OPERATIONS", with: "20")) { file in
            let outcome = try await command.run(["run", file, "--seed", "7"])
            #expect(outcome.code == 2, "\(outcome.output)\(outcome.errors)")
            let summary = outcome.output.components(separatedBy: "\n\n").last ?? ""
            let lines = summary.split(separator: "\n").map(String.init)
            try #require(lines.count == 8, "\(summary)")
            #expect(lines[0].hasPrefix("missed Varied [keys=2]  throughput value: "), "\(lines[0])")
            #expect(lines[1] == "  reproduce: coherence run '\(file)' --variant 'keys=2' --seed 7")
            #expect(lines[6].hasPrefix("3 runs: 3 missed; "))
            #expect(lines[7] == "3 targets missed: speed on this machine")
            let again = try await command.run(["run", file, "--variant", "keys=3", "--seed", "7", "--format", "json"])
            let scenarios = try #require(try document(again)["scenarios"] as? [[String: Any]])
            #expect(scenarios.map { $0["variant"] as? String } == ["keys=3"])
            #expect(scenarios[0]["replay"] as? String == "coherence run '\(file)' --variant 'keys=3' --seed 7")
            let unknown = try await command.run(["run", file, "--variant", "keys=9"])
            #expect(unknown.code == 64)
            #expect(unknown.errors.contains("expected one of keys=2; keys=3; keys=4"), "\(unknown.errors)")
        }
    }

    @Test("Headers name the defects in force, in text and in JSON")
    func defects() async throws {
        try await command.withFile(CommandTests.small) { file in
            for call in [
                ["run", file, "--world", "simulated", "--seed", "1"],
                ["explore", file, "--seed", "1", "--schedules", "20", "--operations", "4"],
            ] {
                let arguments = call + ["--defect", "stale-fill", "--defect", "late-fill"]
                let text = try await command.run(arguments)
                #expect(text.output.contains("defects late-fill, stale-fill"), "\(text.output)")
                let document = try document(try await command.run(arguments + ["--format", "json"]))
                let list = document["scenarios"] ?? document["explorations"]
                let one = try #require((list as? [[String: Any]])?.first)
                #expect(one["defects"] as? [String] == ["late-fill", "stale-fill"])
            }
            let saved = FileManager.default.temporaryDirectory.appending(path: "failure-\(UUID().uuidString).json").path
            defer { try? FileManager.default.removeItem(atPath: saved) }
            let explored = try await command.run(
                [
                    "explore", file, "--seed", "1", "--schedules", "500", "--operations", "8", "--defect", "stale-fill",
                    "--save", saved,
                ])
            try #require(explored.code == 1, "\(explored.output)")
            let text = try await command.run(["replay", saved])
            #expect(text.output.contains("simulated, defect stale-fill"), "\(text.output)")
            let json = try await command.run(["replay", saved, "--format", "json"])
            #expect(json.code == 1)
            let document = try document(json)
            #expect(document["defects"] as? [String] == ["stale-fill"])
            #expect(document["identical"] as? Bool == true)
        }
    }
}

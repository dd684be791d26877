import Foundation
import Subprocess
import SystemPackage
import Testing

/// A gate in a folder of its own, with scenarios that are quickly simulated.
@Suite("The command gate", .serialized)
struct GateCommandTests {
    private static func scenario(_ name: String, worlds: String = "[simulated]", more: String = "") -> String {
        CommandTests.small.replacing("scenario: Small", with: "scenario: \(name)\nworlds: \(worlds)\n\(more)")
            .replacing("targets:\n  - { metric: read.latency, statistic: p99, limit: \"< 10 s\" }", with: "")
    }

    /// Three scenarios in a folder.
    private func withFolder(_ body: (_ folder: String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "gate-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: "\(folder)/Scenarios/Long", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let scenarios = [
            "first": Self.scenario("The first", more: "labels: [fast, core]"),
            "second": Self.scenario("The second", more: "labels: fast"),
            "third": Self.scenario("The third", more: "run: when-named"),
        ]
        for (name, text) in scenarios {
            let place = name == "third" ? "\(folder)/Scenarios/Long" : "\(folder)/Scenarios"
            try text.write(toFile: "\(place)/\(name).yaml", atomically: true, encoding: .utf8)
        }
        try await body(folder)
    }

    private func gate(_ arguments: [String] = [], in folder: String, _ subcommand: String = "gate") async throws
        -> CommandTests.Outcome
    {
        let result = try await Subprocess.run(
            .path(.init(CommandTests.command)), arguments: Arguments([subcommand] + arguments),
            environment: CommandTests.keepingNothing, workingDirectory: .init(folder), input: .none,
            output: .string(limit: 10_000_000), error: .string(limit: 1_000_000))
        var code: Int32?
        if case .exited(let exited) = result.terminationStatus { code = exited }
        return CommandTests.Outcome(
            code: code, output: result.standardOutput,
            errors: CommandTests.withoutProgress(result.standardError))
    }

    private func lines(_ outcome: CommandTests.Outcome) -> [String] {
        outcome.output.split(separator: "\n").map(String.init)
    }

    @Test("Scenarios run in the worlds that they declare, and the last line says that the gate is passed")
    func passed() async throws {
        try await withFolder { folder in
            let outcome = try await gate(in: folder)
            #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
            let lines = lines(outcome)
            #expect(lines.first?.hasPrefix("pass The first  simulated, ") == true, "\(lines)")
            #expect(lines.contains("not run, it is run only when named: The third"))
            #expect(lines.last == "gate passed: 2 scenarios, nothing found, every target met")
            #expect(lines.contains { $0.hasSuffix(" s, seed 1") }, "\(lines)")
        }
    }

    @Test("Scenarios are chosen by title, path and label, and left out with a reason")
    func chosen() async throws {
        try await withFolder { folder in
            func names(_ arguments: [String]) async throws -> [String] {
                let outcome = try await gate(arguments + ["--format", "json"], in: folder)
                let document = try #require(
                    try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
                return try #require(document["scenarios"] as? [[String: Any]]).compactMap { $0["name"] as? String }
            }
            #expect(try await names(["--only", "FIRST"]) == ["The first"])
            #expect(try await names(["--only", "third.yaml"]) == ["The third"])
            #expect(try await names(["--skip", "second"]) == ["The first"])
            #expect(try await names(["--label", "core"]) == ["The first"])
            #expect(try await names(["--label", "core", "--label", "fast"]) == ["The first", "The second"])
            #expect(try await names(["Scenarios/Long/third.yaml"]) == ["The third"])
            let skipped = try await gate(["--skip", "second"], in: folder)
            #expect(lines(skipped).contains("not run, it was to be skipped: The second"), "\(skipped.output)")
        }
    }

    @Test(
        "A word that means no scenario is a wrong call",
        arguments: [
            (["--only", "The frist"], "did you mean \"The first\"?"),
            (["--skip", "nothing"], "in no title and no path"),
            (["--label", "fats"], "expected one of core, fast; did you mean fast?"),
            (["--only", "first", "--skip", "first"], "no scenario is left"), (["--again", "11"], "from 0 to 10"),
            (["--config", "nowhere.yaml"], "nowhere.yaml:1:1: error: found no file there"),
        ])
    func refused(_ arguments: [String], _ expected: String) async throws {
        try await withFolder { folder in
            let outcome = try await gate(arguments, in: folder)
            #expect(outcome.code == 64, "\(outcome.output)")
            #expect(outcome.errors.contains(expected), "\(outcome.errors)")
        }
    }

    @Test("What fails is told, the rest is not run with --fail-fast, and the last line says what is missing")
    func failed() async throws {
        try await withFolder { folder in
            // In virtual time its one target is not judged.
            let unknown = CommandTests.small.replacing("checks: [linearizable, convergence]\n", with: "")
                .replacing("scenario: Small", with: "scenario: A nought\nworlds: [simulated]")
            try unknown.write(toFile: "\(folder)/Scenarios/a.yaml", atomically: true, encoding: .utf8)
            let outcome = try await gate(in: folder)
            #expect(outcome.code == 3, "\(outcome.output)\(outcome.errors)")
            #expect(lines(outcome).last == "gate failed: 1 scenario could not be judged", "\(outcome.output)")
            #expect(outcome.output.contains("pass The second"))
            let fast = try await gate(["--fail-fast"], in: folder)
            #expect(fast.code == 3)
            #expect(
                lines(fast).contains("not run, an earlier one did not pass: The first, The second"), "\(fast.output)")
        }
    }

    @Test("A scenario that was only too slow is run again, in the live world, and then counts")
    func again() async throws {
        try await withFolder { folder in
            let slow = CommandTests.small.replacing("< 10 s", with: "< 1 ns").replacing(
                "scenario: Small", with: "scenario: Slow\nworlds: [live]")
            try slow.write(toFile: "\(folder)/slow.yaml", atomically: true, encoding: .utf8)
            let outcome = try await gate(["slow.yaml", "--again", "1", "--format", "json"], in: folder)
            #expect(outcome.code == 2, "\(outcome.output)\(outcome.errors)")
            let document = try #require(
                try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
            let scenarios = try #require(document["scenarios"] as? [[String: Any]])
            #expect(scenarios.map { $0["attempts"] as? Int } == [2])
            let text = try await gate(["slow.yaml", "--again", "0"], in: folder)
            #expect(lines(text).last == "gate failed: 1 scenario too slow on this machine", "\(text.output)")
            #expect(lines(text).contains { $0.hasPrefix("missed Slow  ") })
        }
    }

    @Test("What coherence.yaml says holds, unless the call says otherwise")
    func defaults() async throws {
        try await withFolder { folder in
            try "only: first\nseed: 9\nset: { cluster.instances: 3 }\nreports: { junit: report.xml }\n".write(
                toFile: "\(folder)/coherence.yaml", atomically: true, encoding: .utf8)
            let outcome = try await gate(in: folder)
            #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
            #expect(lines(outcome).first?.contains("300 operations") == true, "\(outcome.output)")
            #expect(outcome.output.contains("seed 9"))
            #expect(FileManager.default.fileExists(atPath: "\(folder)/report.xml"))
            let other = try await gate(["--only", "second", "--set", "cluster.instances=2"], in: folder)
            #expect(
                lines(other).first?.hasPrefix("pass The second  simulated, 200 operations") == true, "\(other.output)")
            try "sede: 9\n".write(toFile: "\(folder)/coherence.yaml", atomically: true, encoding: .utf8)
            let wrong = try await gate(in: folder)
            #expect(wrong.code == 64)
            #expect(
                wrong.errors.contains("coherence.yaml:1:1: error: found the unknown word \"sede\""), "\(wrong.errors)")
            #expect(wrong.errors.contains("did you mean seed?"))
        }
    }

    @Test("A value that takes a file's place is in the line that runs it again, and in what is saved")
    func overrides() async throws {
        try await withFolder { folder in
            let file = "Scenarios/first.yaml"
            let failing = [
                file, "--seed", "1", "--defect", "stale-fill", "--set", "cluster.workers=3", "--set",
                "phases.mix.operations=8 per worker",
            ]
            let explored = try await gate(failing + ["--save", "failure.json"], in: folder, "explore")
            #expect(explored.code == 1, "\(explored.output)\(explored.errors)")
            let set = "--set 'cluster.workers=3' --set 'phases.mix.operations=8 per worker'"
            #expect(explored.output.contains("coherence replay '\(file)' \(set)"), "\(explored.output)")
            let replayed = try await gate(["failure.json"], in: folder, "replay")
            #expect(replayed.code == 1, "\(replayed.output)\(replayed.errors)")
            #expect(replayed.output.contains("identical: this is the run that was found"), "\(replayed.output)")
            let json = try await gate(
                [file, "--world", "simulated", "--seed", "1", "--set", "cluster.workers=3", "--format", "json"],
                in: folder, "run")
            #expect(json.output.contains("--seed 1 --world simulated --set 'cluster.workers=3'"), "\(json.output)")
            let wrong = try await gate([file, "--set", "cluster.wrokers=3"], in: folder, "run")
            #expect(wrong.code == 64)
            #expect(
                wrong.errors.contains("--set: error: cluster: found the unknown word \"wrokers\""), "\(wrong.errors)")
        }
    }

    @Test("The list says as a document what a gate chooses by")
    func list() async throws {
        try await withFolder { folder in
            let outcome = try await gate(["--format", "json"], in: folder, "list")
            let document = try #require(
                try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
            let scenarios = try #require(document["scenarios"] as? [[String: Any]])
            #expect(scenarios.map { $0["name"] as? String } == ["The third", "The first", "The second"])
            #expect(scenarios.map { $0["labels"] as? [String] } == [[], ["fast", "core"], ["fast"]])
            #expect(scenarios[1]["worlds"] as? [String] == ["simulated"])
            #expect(scenarios[1]["checks"] as? [String] == ["linearizable", "convergence"])
            #expect(scenarios[0]["runOnlyWhenNamed"] as? Bool == true)
            let text = try await gate(in: folder, "list")
            #expect(text.output.contains("    labels   fast, core\n"), "\(text.output)")
        }
    }
}

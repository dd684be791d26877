import Foundation
import Subprocess
import SystemPackage
import Testing

/// What a failed command keeps, and how it is used.
@Suite("Evidence is kept", .serialized)
struct EvidenceCommandTests {
    /// Calls the command in a folder, where it may keep what fails.
    private func call(_ arguments: [String], in folder: String) async throws -> CommandTests.Outcome {
        let result = try await Subprocess.run(
            .path(.init(CommandTests.command)), arguments: Arguments(arguments),
            environment: .inherit.updating(["COHERENCE_NO_KEEP": nil]), workingDirectory: .init(folder), input: .none,
            output: .string(limit: 10_000_000), error: .string(limit: 1_000_000))
        var code: Int32?
        if case .exited(let exited) = result.terminationStatus { code = exited }
        return CommandTests.Outcome(
            code: code, output: result.standardOutput,
            errors: CommandTests.withoutProgress(result.standardError))
    }

    private func withFolder(_ body: (_ folder: String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "evidence-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.copyItem(
            atPath: "\(CommandTests.root)/Fixtures/Scenarios/small-cluster.yaml", toPath: "\(folder)/small.yaml")
        try await body(folder)
    }

    /// The words of the calls of the last lines.
    private func calls(_ output: String) -> [[String]] {
        output.split(separator: "\n").filter { $0.hasPrefix("  again: coherence ") }.map { line in
            line.dropFirst("  again: coherence ".count).split(separator: " ").map { $0.filter { $0 != "'" } }
        }
    }

    private func files(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(folder)/.coherence").sorted()
    }

    @Test("The history of a run that fails is kept, and the last lines judge it again")
    func run() async throws {
        try await withFolder { folder in
            let scenario = "\(CommandTests.root)/Scenarios/permission-change-announced.yaml"
            let arguments = ["run", scenario, "--world", "simulated", "--defect", "stale-fill", "--repeat", "3"]
            let outcome = try await call(arguments + ["--seed", "1"], in: folder)
            #expect(outcome.code == 1, "\(outcome.output)")
            let calls = calls(outcome.output)
            let check = try #require(calls.first)
            let again = try await call(check, in: folder)
            #expect(again.code == 1, "\(check): \(again.output)\(again.errors)")
            #expect(try files(folder).first == ".gitignore")
            #expect(try String(contentsOfFile: "\(folder)/.coherence/.gitignore", encoding: .utf8).hasSuffix("\n*\n"))
            let json = try await call(arguments + ["--seed", "1", "--format", "json"], in: folder)
            let document = try #require(
                try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
            let evidence = try #require(document["evidence"] as? [[String: String]])
            #expect(evidence.allSatisfy { $0["file"]?.hasPrefix(".coherence/") == true })
            #expect(evidence.count == (try files(folder).count) - 1)
        }
    }

    @Test("What exploring finds is kept, and the last lines replay it")
    func explore() async throws {
        try await withFolder { folder in
            let arguments = ["explore", "small.yaml", "--seed", "1", "--schedules", "500", "--defect", "stale-fill"]
            let outcome = try await call(arguments, in: folder)
            #expect(outcome.code == 1, "\(outcome.output)")
            let replay = try #require(calls(outcome.output).last)
            #expect(replay[0] == "replay")
            let again = try await call(replay, in: folder)
            #expect(again.code == 1, "\(again.output)\(again.errors)")
            #expect(again.output.contains("identical: this is the run that was found"), "\(again.output)")
            #expect(!outcome.output.contains("to keep it"), "\(outcome.output)")
            let saved = try await call(arguments + ["--save", "failure.json"], in: folder)
            #expect(calls(saved.output).isEmpty, "\(saved.output)")
        }
    }

    @Test("Nothing is kept of what passes, and of what fails not if it is forbidden")
    func nothing() async throws {
        try await withFolder { folder in
            let passing = ["run", "small.yaml", "--world", "simulated", "--seed", "1"]
            #expect(try await call(passing, in: folder).code == 0)
            let failing = ["explore", "small.yaml", "--seed", "1", "--schedules", "500", "--defect", "stale-fill"]
            let outcome = try await call(failing + ["--no-keep"], in: folder)
            #expect(outcome.code == 1)
            #expect(outcome.output.contains("to keep it: "), "\(outcome.output)")
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/.coherence"))
        }
    }

    @Test("Where nothing can be kept, the verdict is the same, and the reason is told")
    func impossible() async throws {
        try await withFolder { folder in
            try "mine".write(toFile: "\(folder)/.coherence", atomically: true, encoding: .utf8)
            let outcome = try await call(
                ["explore", "small.yaml", "--seed", "1", "--schedules", "500", "--defect", "stale-fill"], in: folder)
            #expect(outcome.code == 1)
            #expect(outcome.errors.contains("coherence: not kept: .coherence is no folder"), "\(outcome.errors)")
            #expect(try String(contentsOfFile: "\(folder)/.coherence", encoding: .utf8) == "mine")
        }
    }
}

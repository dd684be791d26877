import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The command where the system allows little.
@Suite("The command and the limits of the system", .serialized)
struct ScarceResourcesTests {
    private let command = CommandTests()

    /// Runs the command after a line of shell, such as `ulimit -n 12`.
    private func run(after line: String, _ arguments: [String]) async throws -> CommandTests.Outcome {
        let script = "\(line) || exit 99; exec \"$0\" \"$@\""
        let result = try await Subprocess.run(
            .path("/bin/bash"), arguments: Arguments(["-c", script, CommandTests.command] + arguments),
            environment: CommandTests.keepingNothing, input: .none, output: .string(limit: 1_000_000),
            error: .string(limit: 1_000_000))
        var code: Int32?
        if case .exited(let exited) = result.terminationStatus { code = exited }
        return CommandTests.Outcome(
            code: code, output: result.standardOutput, errors: result.standardError)
    }

    @Test(
        "Too few open files are named before the run, with what is needed", arguments: [5, 6, 10, 12, 36, 44, 48, 95])
    func openFiles(limit: Int) async throws {
        try await command.withFile(CommandTests.small) { file in
            for arguments in [["run", file], ["bridge", "--instances", "2", "--duration", "1s"]] {
                let outcome = try await run(after: "ulimit -n \(limit)", arguments)
                #expect(outcome.code == 3, "\(outcome.output) \(outcome.errors)")
                #expect(
                    outcome.errors.contains("open files, and this process may have \(limit) (RLIMIT_NOFILE)"),
                    "\(outcome.errors)")
            }
        }
    }

    @Test("A soft limit that may be raised is raised")
    func raisedLimit() async throws {
        try await command.withFile(CommandTests.small) { file in
            let outcome = try await run(after: "ulimit -Sn 48", ["run", file])
            #expect(outcome.code == 0, "\(outcome.output) \(outcome.errors)")
        }
    }

    @Test("A scenario that needs more than there is, is told so by what it needs")
    func openFilesOfScenario() async throws {
        let large = CommandTests.small.replacing("instances: 2,", with: "instances: 100,")
        try await command.withFile(large) { file in
            let outcome = try await run(after: "ulimit -n 200", ["run", file])
            #expect(outcome.code == 3, "\(outcome.output) \(outcome.errors)")
            #expect(outcome.output.contains("the scenario needs 732 open files"), "\(outcome.output)")
        }
    }

    @Test("A temporary folder whose path is too long for a socket is named at once")
    func longTemporaryFolder() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/" + String(repeating: "long", count: 25)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await command.withFile(CommandTests.small) { file in
            let outcome = try await command.run(["run", file], temporaryFolder: folder)
            #expect(outcome.code == 3, "\(outcome.output) \(outcome.errors)")
            #expect(outcome.errors.contains("is too long"), "\(outcome.errors)")
            #expect(outcome.errors.contains("Set TMPDIR to a shorter one"), "\(outcome.errors)")
        }
    }

    @Test("Where files may not grow, a run of processes does not pass with a part of its record")
    func fileSizes() async throws {
        let processes = CommandTests.small.replacing("workers: 2,", with: "workers: 2, placement: processes,")
            .replacing("50 per worker", with: "2000 per worker")
        try await command.withFile(processes) { file in
            let outcome = try await run(after: "ulimit -f 300", ["run", file, "--seed", "1"])
            let code = try #require(outcome.code, "it was ended by a signal: \(outcome.output) \(outcome.errors)")
            #expect(code == 70, "\(outcome.output) \(outcome.errors)")
            #expect(outcome.output.contains("could not write down what it did"), "\(outcome.output)")
        }
    }

    @Test("Killed at any moment of its beginning, it leaves no folder", arguments: 0..<12)
    func killedEarly(_ step: Int) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "k\(UUID().uuidString.prefix(6))").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await command.withFile(CommandTests.small) { file in
            _ = try await Subprocess.run(
                .path(.init(CommandTests.command)), arguments: ["run", file],
                environment: CommandTests.keepingNothing.updating(["TMPDIR": folder]), input: .none, output: .discarded,
                error: .discarded
            ) { execution in
                // Moments of its start, and not a wait for something.
                try await Task.sleep(for: .milliseconds(25 * step))
                kill(execution.processIdentifier.value, SIGKILL)
            }
            try await eventually("the end of what is in \(folder)") {
                try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("coherence-") }
                    .isEmpty
            }
        }
    }

    @Test("Large sizes are refused with a place, or taken with --large, and Ctrl-C is obeyed while they are set up")
    func interruptedSetUp() async throws {
        let large = CommandTests.small.replacing("keys: 5,", with: "keys: 3000000,")
        try await command.withFile(large) { file in
            let refused = try await command.run(["validate", file])
            #expect(refused.code == 64)
            #expect(refused.errors.contains("4:19: error: data.things.keys: found \"3000000\""), "\(refused.errors)")
            let result = try await Subprocess.run(
                .path(.init(CommandTests.command)), arguments: ["run", file, "--large"],
                environment: CommandTests.keepingNothing, input: .none, output: .discarded, error: .discarded
            ) { execution in
                try await Task.sleep(for: .seconds(1))
                let start = ContinuousClock.now
                kill(execution.processIdentifier.value, SIGINT)
                return start
            }
            #expect(result.terminationStatus == .exited(128 + SIGINT))
            // The set-up alone takes longer.
            #expect(ContinuousClock.now - result.closureResult < .seconds(40))
        }
    }
}

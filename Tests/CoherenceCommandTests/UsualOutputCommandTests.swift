import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How much a run prints, and what it says while it goes on.
@Suite("What a run prints", .serialized)
struct UsualOutputCommandTests {
    private let command = CommandTests()
    private static let passing = "Fixtures/Scenarios/small-cluster.yaml"

    @Test("A scenario that passes is one line, and the sum names the seed; more is there for the asking")
    func detail() async throws {
        let call = ["run", Self.passing, "--world", "simulated", "--seed", "7"]
        let usual = try await command.run(call)
        #expect(usual.code == 0, "\(usual.errors)")
        let lines = usual.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 4, "\(usual.output)")
        #expect(
            lines[0].wholeMatch(of: /pass Small cluster  simulated, 16 operations, [0-9.]+ s/) != nil, "\(lines[0])")
        #expect(lines[2].wholeMatch(of: /1 run: 1 pass; 16 operations in [0-9.]+ s, seed 7/) != nil, "\(lines[2])")
        #expect(usual.errors.isEmpty)
        let quiet = try await command.run(call + ["--quiet"])
        #expect(quiet.output.split(separator: "\n").count == 1, "\(quiet.output)")
        #expect(quiet.output.hasPrefix("1 run: 1 pass; "))
        let verbose = try await command.run(call + ["-v"])
        #expect(verbose.output.contains("  checked: linearizable pass"), "\(verbose.output)")
        #expect(verbose.output.contains("  time: "))
        #expect(try await command.run(call + ["-v", "-q"]).code == 64)
    }

    @Test("With several seeds each line has its own")
    func seeds() async throws {
        let outcome = try await command.run(
            ["run", Self.passing, "--world", "simulated", "--seed", "7", "--repeat", "2"])
        #expect(outcome.output.contains("simulated, seed 7, 16 operations"), "\(outcome.output)")
        #expect(outcome.output.contains("simulated, seed 8, 16 operations"), "\(outcome.output)")
    }

    @Test(
        "Where standard error is piped, it says every few seconds how far it is",
        arguments: [
            (["run", passing, "--world", "simulated", "--repeat", "1000000"], "of 1,000,000 runs, "),
            (["explore", passing, "--for", "1h"], "(limit 1 h each)"),
        ])
    func progress(_ call: [String], _ expected: String) async throws {
        let errors = FileManager.default.temporaryDirectory.appending(path: "errors-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: errors) }
        let descriptor = try FileDescriptor.open(
            .init(errors), .writeOnly, options: .create, permissions: .ownerReadWrite)
        let result = try await Subprocess.run(
            .path(.init(CommandTests.command)), arguments: Arguments(call),
            environment: CommandTests.keepingNothing, workingDirectory: .init(CommandTests.root), input: .none,
            output: .discarded,
            error: .fileDescriptor(descriptor, closeAfterSpawningProcess: true)
        ) { execution in
            let process = execution.processIdentifier.value
            func text() -> String { (try? String(contentsOfFile: errors, encoding: .utf8)) ?? "" }
            defer { kill(process, SIGINT) }
            try await eventually("a line of progress") { text().contains("progress: ") }
            #expect(text().contains(expected), "\(text())")
        }
        #expect(result.terminationStatus == .exited(130))
    }

    /// Runs a command in a terminal of 60 columns, and prints what it shows.
    private static let terminal = """
        import fcntl, os, pty, struct, sys, termios
        ready, go = os.pipe()
        process, screen = pty.fork()
        if process == 0:
            os.read(ready, 1)
            os.execv(sys.argv[1], sys.argv[1:])
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
        os.write(go, b"x")
        while True:
            try:
                bytes = os.read(screen, 65536)
            except OSError:
                break
            if not bytes:
                break
            sys.stdout.buffer.write(bytes)
        """

    @Test(
        "On a terminal of 60 columns no line but a call is wider, and the progress stays in its line",
        .enabled(if: Programs.path(of: "python3") != nil))
    func narrow() async throws {
        let python = try #require(Programs.path(of: "python3"))
        let call = [
            "run", Self.passing, "Scenarios/permission-change-announced.yaml", "--world", "simulated", "--seed", "1",
            "--defect", "stale-fill", "--repeat", "2",
        ]
        let result = try await Subprocess.run(
            .path(.init(python)), arguments: Arguments(["-c", Self.terminal, CommandTests.command] + call),
            environment: CommandTests.keepingNothing, workingDirectory: .init(CommandTests.root), input: .none,
            output: .string(limit: 10_000_000),
            error: .string(limit: 1_000_000))
        // What is cleared again is not there any more.
        let shown = result.standardOutput.replacing("\r\n", with: "\n").replacing(/[^\n]*\r\u{1B}\[K/, with: "")
            .replacing(/\u{1B}\[[0-9]+m/, with: "")
        #expect(shown.contains("4 runs: "), "\(shown)\(result.standardError)")
        for line in shown.split(separator: "\n") where !line.contains("reproduce: ") {
            #expect(line.count <= 60, "\(line)")
        }
        let drawn = result.standardOutput.split(separator: "\u{1B}[K").filter { $0.contains(" of 4 runs, ") }
        #expect(!drawn.isEmpty)
        for line in drawn { #expect(line.prefix { $0 != "\r" }.count < 60, "\(line)") }
    }
}

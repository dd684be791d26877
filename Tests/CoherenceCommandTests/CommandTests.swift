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

/// The built command, called as a person or a script would.
@Suite("The command", .serialized)
struct CommandTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// Beside the test bundle, where the build puts every product.
    static let command: String = {
        var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        while folder.path != "/",
            !FileManager.default.isExecutableFile(atPath: folder.appending(path: "coherence").path)
        {
            folder.deleteLastPathComponent()
        }
        return folder.appending(path: "coherence").path
    }()

    /// Of a command that keeps nothing of what fails: it would be kept in the folder that the tests run in.
    static let keepingNothing = Environment.inherit.updating(["COHERENCE_NO_KEEP": "1"])

    /// The same, for a `Process`.
    static var variables: [String: String] {
        ProcessInfo.processInfo.environment.merging(["COHERENCE_NO_KEEP": "1"]) { $1 }
    }

    struct Outcome {
        let code: Int32?
        let output: String
        let errors: String
    }

    func run(
        _ arguments: [String], path: String? = nil, temporaryFolder: String? = nil, password: String? = nil,
        input: String = ""
    ) async throws -> Outcome {
        var changes: [Environment.Key: String?] = ["COHERENCE_REDIS_PASSWORD": password]
        if let path { changes["PATH"] = path }
        if let temporaryFolder { changes["TMPDIR"] = temporaryFolder }
        let environment = Self.keepingNothing.updating(changes)
        let result = try await Subprocess.run(
            .path(.init(Self.command)), arguments: Arguments(arguments), environment: environment,
            workingDirectory: .init(Self.root), input: .string(input), output: .string(limit: 10_000_000),
            error: .string(limit: 1_000_000))
        var code: Int32?
        if case .exited(let exited) = result.terminationStatus { code = exited }
        return Outcome(code: code, output: result.standardOutput, errors: Self.withoutProgress(result.standardError))
    }

    /// A run that takes longer than some seconds says so, whatever it is asked.
    static func withoutProgress(_ errors: String) -> String {
        errors.replacing(/(?m)^progress: .*\n/, with: "")
    }

    static let small = """
        scenario: Small
        cluster: { instances: 2, workers: 2, invalidation: acknowledged, layers: [L1, L2, L3, redis] }
        data:
          things: { keys: 5, tags: [group] }
        phases:
          - mix: { name: work, data: things, operations: 50 per worker, read: 80 %, write: 20 % }
          - inspect: everything
        checks: [linearizable, convergence]
        targets:
          - { metric: read.latency, statistic: p99, limit: "< 10 s" }
        """

    func withFile(_ text: String, _ body: (String) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "scenario-\(UUID().uuidString).yaml")
        try text.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        try await body(file.path)
    }

    @Test("A scenario that holds exits 0, and its JSON is all there is on standard output")
    func passing() async throws {
        try await withFile(Self.small) { file in
            let outcome = try await run(["run", file, "--seed", "7", "--format", "json"])
            #expect(outcome.code == 0, "\(outcome.errors)")
            let document = try #require(
                try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
            #expect(document["verdict"] as? String == "pass")
            let scenario = try #require((document["scenarios"] as? [[String: Any]])?.first)
            #expect(scenario["seed"] as? Int == 7)
            #expect((scenario["operations"] as? [String: Int])?["total"] == 200)
            #expect(outcome.errors.isEmpty)
        }
    }

    @Test("A missed target exits 2 and says by how much")
    func missed() async throws {
        try await withFile(Self.small.replacing("< 10 s", with: "< 1 ns")) { file in
            let outcome = try await run(["run", file])
            #expect(outcome.code == 2)
            #expect(outcome.output.contains("missed"))
            #expect(outcome.output.contains("< 1 ns"))
        }
    }

    @Test("A wrong file exits 64 with the place of every mistake")
    func wrongFile() async throws {
        try await withFile(Self.small.replacing("checks:", with: "cheks:").replacing("keys: 5", with: "keys: five")) {
            file in
            for subcommand in ["run", "validate", "list"] {
                let outcome = try await run([subcommand, file])
                #expect(outcome.code == 64)
                #expect(outcome.errors.contains("\(file):4:"), "\(outcome.errors)")
                #expect(outcome.errors.contains("\(file):8:"), "\(outcome.errors)")
                #expect(outcome.errors.contains("checks"))
                #expect(outcome.output.isEmpty)
            }
        }
    }

    @Test(
        "A wrong call exits 64",
        arguments: [["rum"], ["run", "--sead", "1"], ["run", "/nowhere"], ["run", "--redis", "ftp://x"]])
    func wrongCall(_ arguments: [String]) async throws {
        let outcome = try await run(arguments)
        #expect(outcome.code == 64)
        #expect(!outcome.errors.isEmpty)
    }

    @Test("Without a redis-server it says how to get one and exits 3")
    func noRedis() async throws {
        try await withFile(Self.small) { file in
            let outcome = try await run(["run", file], path: "/nowhere")
            #expect(outcome.code == 3)
            #expect(outcome.errors.contains("apt-get install redis-server"))
            #expect(outcome.output.hasPrefix("no run\nnot run, "), "\(outcome.output)")
            #expect(outcome.output.hasSuffix(": Small\n"), "\(outcome.output)")
        }
    }

    @Test("Where no folder can be made it says where, and exits 3")
    func noFolder() async throws {
        try await withFile(Self.small) { file in
            let outcome = try await run(["run", file], temporaryFolder: "/nowhere")
            #expect(outcome.code == 3)
            #expect(outcome.errors.contains("no folder could be made in /nowhere. Set TMPDIR"))
        }
    }

    @Test("List and validate know every scenario of the project")
    func list() async throws {
        let listed = try await run(["list"])
        #expect(listed.code == 0, "\(listed.errors)")
        #expect(listed.output.contains("Scenarios/InvalidationChain/cascade.yaml"))
        let validated = try await run(["validate"])
        #expect(validated.code == 0)
    }

    @Test("What explore finds shows live as well when it is replayed there, and says how much of it was driven")
    func replayLive() async throws {
        let announced = Self.small.replacing("acknowledged", with: "announced").replacing("linearizable, ", with: "")
        try await withFile(announced) { file in
            let explored = try await run([
                "explore", file, "--operations", "8", "--schedules", "1000", "--seed", "1", "--defect", "stale-fill",
            ])
            #expect(explored.code == 1, "\(explored.output)")
            let again = try #require(explored.output.split(separator: "\n").first { $0.contains("coherence replay") })
            // The words between quotes are one argument.
            let words = again.split(separator: "'", omittingEmptySubsequences: false).enumerated().flatMap {
                index, part in
                index % 2 == 1 ? [String(part)] : part.split(separator: " ").map(String.init)
            }
            let live = try await run(Array(words.drop { $0 != "replay" }) + ["--world", "live"])
            #expect(live.code == 1, "\(live.output) \(live.errors)")
            #expect(live.output.contains("reproduced: the same rule is broken live"), "\(live.output)")
            #expect(live.output.contains("steps were taken in the order of the simulated run"))
        }
    }

    /// How many caretakers (each with its server) of a process there are: their folder names the process.
    func leftovers(of process: pid_t) -> [String] {
        let folder = FileManager.default.temporaryDirectory.path
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { $0.hasPrefix("coherence-\(process)-") }
    }

    @Test(
        "Ended by a signal, SIGKILL included, it leaves no server and no folder", arguments: [SIGINT, SIGTERM, SIGKILL])
    func ended(by signal: Int32) async throws {
        let endless = Self.small.replacing("50 per worker", with: "1000000 per worker")
        try await withFile(endless) { file in
            let result = try await Subprocess.run(
                .path(.init(Self.command)), arguments: ["run", file], environment: Self.keepingNothing, input: .none,
                output: .discarded,
                error: .discarded
            ) { execution in
                let process = execution.processIdentifier.value
                try await eventually("a folder of \(process)") { !leftovers(of: process).isEmpty }
                let socket = FileManager.default.temporaryDirectory.path + "/\(leftovers(of: process)[0])/redis.sock"
                try await eventually(socket) { FileManager.default.fileExists(atPath: socket) }
                kill(process, signal)
                return process
            }
            try await eventually("the end of \(leftovers(of: result.closureResult))") {
                leftovers(of: result.closureResult).isEmpty
            }
            if signal != SIGKILL { #expect(result.terminationStatus == .exited(128 + signal)) }
        }
    }
}

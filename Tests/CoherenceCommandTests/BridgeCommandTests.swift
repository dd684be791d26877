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

/// `coherence bridge`: instances that are processes.
@Suite("Measuring the event bridge", .serialized)
struct BridgeCommandTests {
    let command = CommandTests()

    struct Document: Decodable {
        struct Counts: Decodable {
            let missed: Int
            let disconnections: Int
            let ownFiltered: Int
        }
        struct Instance: Decodable {
            let number: Int
            let lost: Int?
            let bridge: Counts?
            let failure: String?
        }
        struct Finding: Decodable {
            let name: String
            let level: String
        }
        struct Latency: Decodable { let count: Int }
        let verdict: String
        let exitCode: Int32
        let published: Int
        let expected: Int
        let delivered: Int
        let lost: Int
        let duplicates: Int
        let selfReceived: Int
        let latency: Latency
        let instances: [Instance]
        let findings: [Finding]
        let notes: [String]

        /// Everything that must not be.
        var faults: Int { lost + duplicates + selfReceived }

        func level(_ name: String) -> String? { findings.first { $0.name == name }?.level }
    }

    func trial(_ arguments: String...) async throws -> (document: Document, code: Int32?) {
        let outcome = try await command.run(["bridge", "--format", "json"] + arguments)
        return (try JSONDecoder().decode(Document.self, from: Data(outcome.output.utf8)), outcome.code)
    }

    @Test("Processes give each other every event once", arguments: ["pub-sub", "streams", "tracking"])
    func complete(transport: String) async throws {
        let (document, code) = try await trial(
            "--instances", "3", "--duration", "1s", "--rate", "600/s", "--transport", transport)
        #expect(document.published == 600)
        #expect(document.expected == 1200)
        #expect(document.delivered == 1200)
        #expect(document.latency.count == 1200)
        #expect(document.faults == 0)
        for instance in document.instances { #expect(instance.bridge?.ownFiltered == 200) }
        // On a busy machine the latency may miss its target; nothing else may.
        #expect(code == (document.level("p99") == "critical" ? 2 : 0))
        #expect(code == document.exitCode)
    }

    @Test("The table says the same in words")
    func table() async throws {
        let outcome = try await command.run([
            "bridge", "--instances", "3", "--publishers", "1", "--duration", "500ms", "--rate", "400/s",
        ])
        #expect(outcome.output.contains("Event bridge  pub-sub, 3 processes, 400 events/s for 0.5 s"))
        let lines = outcome.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        func figure(_ name: String) -> String? { lines.first { $0.first == name && $0.count > 1 }?[1] }
        #expect(figure("published") == "200")
        #expect(figure("expected") == "400")
        #expect(figure("delivered") == "400")
        #expect(figure("delivery") == "100")
        #expect(lines.contains { $0.starts(with: ["1", "200", "0", "0"]) }, "\(outcome.output)")
        #expect(lines.contains { $0.starts(with: ["3", "0", "200", "0"]) }, "\(outcome.output)")
    }

    @Test(
        "A fault loses with pub/sub, and every instance has counted exactly what it lost",
        arguments: ["slow-subscriber", "restart-redis"])
    func exactLosses(fault: String) async throws {
        let (document, code) = try await trial(
            "--instances", "3", "--duration", "3s", "--rate", "3000/s", "--fault", fault)
        for instance in document.instances { #expect(instance.bridge?.missed == instance.lost) }
        #expect(document.level("miscounted") == "met")
        #expect(document.lost == document.expected - document.delivered)
        if document.lost > 0 { #expect(code == 1) }
        guard fault == "slow-subscriber" else { return }
        // Who else loses is up to the machine: on a busy one, any instance may be slow.
        let last = try #require(document.instances.last)
        #expect((last.lost ?? 0) > 0)
        #expect((last.bridge?.disconnections ?? 0) > 0)
    }

    @Test(
        "No fault loses anything with streams", arguments: ["slow-subscriber", "restart-redis", "kill-subscribers"])
    func noLosses(fault: String) async throws {
        let (document, code) = try await trial(
            "--instances", "3", "--duration", "2s", "--rate", "1500/s", "--transport", "streams", "--fault", fault)
        #expect(document.delivered == document.expected)
        #expect(document.expected == 6000)
        #expect(document.faults == 0)
        #expect(document.notes.isEmpty)
        let disconnected = document.instances.count { ($0.bridge?.disconnections ?? 0) > 0 }
        #expect(disconnected == (fault == "slow-subscriber" ? 0 : 3))
        #expect(code == (document.level("p99") == "critical" ? 2 : 0))
    }

    @Test(
        "A wrong call exits 64, and says what was found and what was expected",
        arguments: [
            (["--instances", "1"], "found 1, expected a whole number from 2 to 500"),
            (["--publishers", "9"], "found 9, expected a whole number from 1 to 5"),
            (["--rate", "fast"], "found fast, expected a rate such as 1000/s"),
            (["--duration", "0s"], "found 0s, expected a time such as"),
            (["--payload", "much"], "found much, expected a size such as 64 B"),
            (["--transport", "stream"], "streams"),
            (["--fault", "restart-redis", "--redis", "redis://localhost"], "--fault needs a server of the run's own"),
            (["--redis", "ftp://x"], "use redis or unix"),
        ] as [([String], String)])
    func wrongCall(arguments: [String], message: String) async throws {
        let outcome = try await command.run(["bridge"] + arguments)
        #expect(outcome.code == 64)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }

    @Test("Without a Redis nothing is examined, and it exits 3", arguments: [nil, "unix:///nowhere/redis.sock"])
    func noRedis(url: String?) async throws {
        let outcome = try await command.run(
            ["bridge"] + (url.map { ["--redis", $0] } ?? []), path: url == nil ? "/nowhere" : nil)
        #expect(outcome.code == 3)
        #expect(!outcome.errors.isEmpty)
        #expect(outcome.output.isEmpty)
    }

    /// The processes of a trial.
    private func instances(of process: pid_t) async throws -> [pid_t] {
        let found = try await Subprocess.run(
            .name("pgrep"), arguments: ["-P", "\(process)", "-f", "bridge-instance"], output: .string(limit: 100_000),
            error: .discarded)
        return found.standardOutput.split(separator: "\n").compactMap { pid_t($0) }
    }

    /// Waits until there are three.
    private func threeInstances(of process: pid_t) async throws -> [pid_t] {
        var found: [pid_t] = []
        try await eventually("three instances") {
            found = try await instances(of: process)
            return found.count == 3
        }
        return found
    }

    private func folders(of process: pid_t) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: FileManager.default.temporaryDirectory.path)) ?? [])
            .filter { $0.hasPrefix("coherence-\(process)-") }
    }

    @Test("An instance that is killed is named with its signal; of the others nothing is lost")
    func killedInstance() async throws {
        let result = try await Subprocess.run(
            .path(.init(CommandTests.command)),
            arguments: ["bridge", "--instances", "3", "--duration", "8s", "--rate", "300/s", "--format", "json"],
            input: .none, output: .sequence, error: .discarded
        ) { execution in
            let process = execution.processIdentifier.value
            kill(try #require(try await threeInstances(of: process).last), SIGKILL)
            var text = ""
            for try await line in execution.standardOutput.strings() { text += line }
            return text
        }
        let document = try JSONDecoder().decode(Document.self, from: Data(result.closureResult.utf8))
        let failures = document.instances.compactMap(\.failure)
        #expect(failures == ["was ended by signal 9"])
        #expect(document.lost == 0)
        #expect(document.verdict == "unknown")
        #expect(result.terminationStatus == .exited(3))
    }

    @Test(
        "Whatever signal ends it, no process, no server and no folder is left", arguments: [SIGINT, SIGTERM, SIGKILL])
    func ended(by signal: Int32) async throws {
        let result = try await Subprocess.run(
            .path(.init(CommandTests.command)), arguments: ["bridge", "--instances", "3", "--duration", "600s"],
            input: .none, output: .discarded, error: .discarded
        ) { execution in
            let process = execution.processIdentifier.value
            let started = try await threeInstances(of: process)
            kill(process, signal)
            return (process, started)
        }
        let (process, started) = result.closureResult
        #expect(started.count == 3)
        try await eventually("the end of the instances") { started.allSatisfy { kill($0, 0) != 0 } }
        try await eventually("the end of the folders") { folders(of: process).isEmpty }
        if signal != SIGKILL { #expect(result.terminationStatus == .exited(128 + signal)) }
    }
}

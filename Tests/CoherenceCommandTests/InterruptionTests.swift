import Foundation
import Processes
import RedisClient
import Subprocess
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The built command as a guest on a foreign Redis, with the documented rights, ended by a signal at some moment.
@Suite("Interrupted as a guest", .serialized, .timeLimit(.minutes(60)))
struct InterruptionTests {
    enum Kind: String, CaseIterable { case tasks, processes, streams, manager, bridge }

    struct Case: CustomStringConvertible, Sendable {
        let kind: Kind
        let signal: Int32
        let number: Int

        var description: String { "\(kind.rawValue), signal \(signal), number \(number)" }
        /// After the first key: from the very beginning to well into the work.
        var delay: Duration { .milliseconds([0, 30, 150, 400, 700, 1_000, 1_400, 1_900, 2_500, 3_200][number % 10]) }
    }

    /// How often each pair of a kind and a signal is tried; `COHERENCE_INTERRUPTIONS` asks for more.
    private static let rounds =
        ProcessInfo.processInfo.environment["COHERENCE_INTERRUPTIONS"].flatMap { Int($0) } ?? 1

    private static var cases: [Case] {
        (0..<rounds).flatMap { round in
            Kind.allCases.enumerated().flatMap { index, kind in
                [SIGINT, SIGTERM, SIGKILL].enumerated().map { place, signal in
                    Case(kind: kind, signal: signal, number: round + 2 * index + 3 * place)
                }
            }
        } + [Case(kind: .streams, signal: SIGHUP, number: 3)]
    }

    /// How long a key may outlive a run that is killed.
    private static let keyLifetime = 5_000

    /// Longer than any test, with entries that are declared to stay for ten years.
    private static func scenario(_ kind: Kind) -> String {
        let more =
            switch kind {
            case .tasks, .bridge: ""
            case .processes: ", placement: processes"
            case .streams: ", bus: streams"
            case .manager: ", manager: { connections: 10 }"
            }
        return """
            scenario: Endless
            worlds: live
            cluster: { instances: 3, workers: 2, invalidation: announced, lease: 400ms\(more),
              layers: [L1: { ttl: 60s }, L2: { ttl: 60s }, redis: { ttl: 87600h }] }
            data:
              things: { keys: 40, tags: [group] }
            phases:
              - mix: { name: work, data: things, operations: 10000 per worker, pace: 100/s, read: 90 %, write: 10 % }
            checks: [sessions]
            """
    }

    private func arguments(_ kind: Kind, file: String, url: String) -> [String] {
        let guest = ["--redis", url, "--key-lifetime", "\(Self.keyLifetime / 1_000)s"]
        return kind == .bridge
            ? ["bridge", "--instances", "3", "--rate", "300/s", "--duration", "600s", "--transport", "streams"] + guest
            : ["run", file] + guest
    }

    /// A server that others use as well.
    private final class Host: Sendable {
        let server: RedisServer
        let connection: RedisConnection
        let url: String

        init() async throws {
            server = try await RedisServer.open(.privateServer)
            connection = try await RedisConnection.connect(server.configuration)
            guard case .unixSocket(let path) = server.configuration.endpoint else {
                throw NeverHappened(description: "a socket")
            }
            url = "unix://coherence:PASSWORD@\(path)?db=\(server.configuration.database)"
            _ = try await connection.send(RedisCommand(parts: try Self.documentedACL()))
            for key in ["foreign", "coherence:4:prod:e:k", "coherence:runner"] {
                _ = try await connection.send(RedisCommand("SET", key, "another's"))
            }
            _ = try await connection.send(RedisCommand("RPUSH", "list", "a", "b"))
        }

        private static func documentedACL() throws -> [String] {
            let page = try String(contentsOfFile: "\(CommandTests.root)/Documentation/CommandLine.md", encoding: .utf8)
            let line = try #require(page.split(separator: "\n").first { $0.hasPrefix("    ACL SETUSER coherence ") })
            return line.split(separator: " ").map(String.init)
        }

        func keys(of process: pid_t) async throws -> [String] {
            let reply = try await connection.send(RedisCommand("KEYS", "coherence:run:\(process)-*"))
            return (reply.elements ?? []).compactMap(\.string)
        }

        /// Of everything that is no run's.
        func digest() async throws -> [String] {
            let keys = (try await connection.send(RedisCommand("KEYS", "*")).elements ?? []).compactMap(\.string)
            var digest: [String] = []
            for key in keys.sorted() where !key.hasPrefix("coherence:run:") {
                let value = try await connection.send(RedisCommand("DUMP", key)).bytes ?? []
                digest.append("\(key) \(value)")
            }
            return digest
        }

        func close() async {
            await connection.close()
            await server.close()
        }
    }

    /// A process and all that it has started, by number.
    private static func family(of process: pid_t) throws -> Set<pid_t> {
        let rows = try ProcessList.all()
        var family: Set = [process]
        while true {
            let more = rows.filter { family.contains($0.parent) && !family.contains($0.process) }.map(\.process)
            if more.isEmpty { return family }
            family.formUnion(more)
        }
    }

    private static func alive(_ processes: Set<pid_t>) throws -> Set<pid_t> {
        processes.intersection(try ProcessList.all().map(\.process))
    }

    private func interrupt(_ test: Case, _ host: Host, _ folder: String) async throws -> String {
        let file = "\(folder)/scenario.yaml"
        try Self.scenario(test.kind).write(toFile: file, atomically: true, encoding: .utf8)
        let temporary = "\(folder)/t"
        try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: true)
        let environment = CommandTests.keepingNothing.updating(["TMPDIR": temporary])
        let result = try await Subprocess.run(
            .path(.init(CommandTests.command)), arguments: Arguments(arguments(test.kind, file: file, url: host.url)),
            environment: environment, workingDirectory: .init(CommandTests.root), input: .none, output: .discarded,
            error: .discarded
        ) { execution in
            let process = execution.processIdentifier.value
            try await eventually("keys of \(process)") { try await !host.keys(of: process).isEmpty }
            try await Task.sleep(for: test.delay)
            let family = try Self.family(of: process)
            let start = ContinuousClock.now
            kill(process, test.signal)
            return (process, family, start)
        }
        let (process, family, start) = result.closureResult
        let time = ContinuousClock.now - start
        if test.signal == SIGKILL {
            #expect(result.terminationStatus == .signaled(SIGKILL), "\(test)")
            // What its processes had still sent has come when they are gone.
            try await eventually("the end of all processes") { try Self.alive(family).isEmpty }
            for key in try await host.keys(of: process) {
                let left = try await host.connection.send(RedisCommand("PTTL", key)).integerValue ?? -9
                #expect(left == -2 || (0...Int64(Self.keyLifetime)).contains(left), "\(test): \(key) has \(left) ms")
            }
            try await eventually("the keys are gone") { try await host.keys(of: process).isEmpty }
        } else {
            #expect(result.terminationStatus == .exited(128 + test.signal), "\(test)")
            // How long it takes is a question for a quiet machine: beside other tests it is their time that is
            // measured.
            if Self.rounds > 1 { #expect(time < .seconds(3), "\(test): \(time)") }
            let left = try await host.keys(of: process)
            #expect(left.isEmpty, "\(test): \(left)")
        }
        try await eventually("the end of all processes") { try Self.alive(family).isEmpty }
        try await eventually("the end of all folders") {
            try FileManager.default.contentsOfDirectory(atPath: temporary).isEmpty
        }
        return "\(test): \(time)"
    }

    @Test("No signal at any moment leaves a key, a process or a folder; what a killed run leaves goes within the bound")
    func matrix() async throws {
        let host = try await Host()
        let before = try await host.digest()
        let cases = Self.cases
        let lines = try await withThrowingTaskGroup(of: String.self) { group in
            // Those that are killed wait for their keys to go: two at a time wait together.
            var next = 0
            var lines: [String] = []
            func begin() {
                guard next < cases.count else { return }
                let (test, number) = (cases[next], next)
                next += 1
                group.addTask {
                    let folder = "/tmp/interrupted-\(ProcessInfo.processInfo.processIdentifier)-\(number)"
                    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                    defer { try? FileManager.default.removeItem(atPath: folder) }
                    return try await self.interrupt(test, host, folder)
                }
            }
            for _ in 0..<2 { begin() }
            while let line = try await group.next() {
                lines.append(line)
                begin()
            }
            return lines
        }
        #expect(try await host.digest() == before)
        let log = try await host.connection.send(RedisCommand("ACL", "LOG"))
        #expect(log.elements?.isEmpty == true, "\(log)")
        await host.close()
        #expect(lines.count == 15 * Self.rounds + 1)
        if Self.rounds > 1 { print(lines.sorted().joined(separator: "\n")) }
    }
}

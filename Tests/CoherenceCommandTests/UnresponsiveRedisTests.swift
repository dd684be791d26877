import Foundation
import Processes
import RedisClient
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The command against a Redis that stops, and against servers that are none.
@Suite("The command and a Redis that does not answer", .timeLimit(.minutes(15)))
struct UnresponsiveRedisTests {
    private let command = CommandTests()

    /// A redis-server on a Unix socket in a folder of its own.
    private final class Server: @unchecked Sendable {
        // @unchecked Sendable: nothing changes after `init`.
        let folder = URL(filePath: "/tmp/frozen-\(UUID().uuidString.prefix(8))")
        private let process = Process()
        var url: String { "unix://\(folder.path)/socket" }

        init() throws {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = [
                "redis-server", "--port", "0", "--unixsocket", "\(folder.path)/socket", "--save", "", "--appendonly",
                "no", "--dir", folder.path,
            ]
            process.standardOutput = FileHandle.nullDevice
            try process.run()
        }

        func signal(_ number: Int32) { kill(process.processIdentifier, number) }

        func stop() {
            signal(SIGKILL)
            process.waitUntilExit()
            try? FileManager.default.removeItem(at: folder)
        }
    }

    /// Runs the command, and does something to the server as soon as the command has written a key.
    private func run(
        _ arguments: [String], until: (RedisConnection) async throws -> Bool, then signal: Int32
    ) async throws -> CommandTests.Outcome {
        let server = try Server()
        defer { server.stop() }
        let configuration = try RedisConfiguration(url: server.url + "?db=15")
        var watcher: RedisConnection?
        try await eventually("the server answers") {
            watcher = try? await RedisConnection.connect(configuration)
            return watcher != nil
        }
        let connection = try #require(watcher)
        async let outcome = command.run(arguments + ["--redis", server.url])
        try await eventually("the command is under way") { try await until(connection) }
        server.signal(signal)
        return try await outcome
    }

    @Test(
        "A Redis that stands still, or is gone for good, ends a run as unknown, with what was judged until then",
        arguments: [("tasks", SIGSTOP), ("tasks", SIGKILL), ("processes", SIGSTOP)])
    func run(placement: String, signal: Int32) async throws {
        let endless = CommandTests.small.replacing("50 per worker", with: "50000 per worker, pace: 200/s")
            .replacing("workers: 2,", with: "workers: 2, placement: \(placement),")
        try await command.withFile(endless) { file in
            let outcome = try await run(
                ["run", file, "--seed", "1"],
                until: { try await $0.send(RedisCommand("DBSIZE")).integerValue ?? 0 > 5 }, then: signal)
            #expect(outcome.code == 3, "\(outcome.output) \(outcome.errors)")
            #expect(outcome.output.contains("it was ended while it waited for phase work: the Redis at unix:///tmp/"))
            #expect(outcome.output.contains("checked: linearizable"), "\(outcome.output)")
        }
    }

    @Test("A run that takes longer than it may is no pass, however short it is", arguments: ["live", "simulated"])
    func overdue(world: String) async throws {
        try await command.withFile(CommandTests.small) { file in
            let outcome = try await command.run(["run", file, "--seed", "1", "--world", world, "--timeout", "1ns"])
            #expect(outcome.code == 3, "\(outcome.output) \(outcome.errors)")
            #expect(outcome.output.contains("budget"), "\(outcome.output)")
        }
    }

    @Test("The password of the environment opens the server that --redis names, and is shown nowhere")
    func password() async throws {
        let server = try await RedisServer.open(.privateServer)
        let connection = try await RedisConnection.connect(server.configuration)
        guard case .unixSocket(let path) = server.configuration.endpoint else {
            throw NeverHappened(description: "a socket")
        }
        for words in [["ACL", "SETUSER", "guest", "on", ">open-sesame", "~*", "&*", "+@all"]] {
            _ = try await connection.send(RedisCommand(parts: words))
        }
        try await command.withFile(CommandTests.small) { file in
            for subcommand in [["run", file, "--seed", "1"], ["bridge", "--instances", "2", "--duration", "100ms"]] {
                let call = subcommand + ["--redis", "unix://guest@\(path)"]
                let opened = try await command.run(call, password: "open-sesame")
                #expect(opened.code != 3 && opened.code != 64, "\(opened.output)\(opened.errors)")
                let refused = try await command.run(call, password: "wrong-word")
                #expect(refused.code == 3, "\(refused.output)\(refused.errors)")
                #expect(refused.errors.contains("username"), "\(refused.errors)")
                for outcome in [opened, refused] {
                    let told = outcome.output + outcome.errors
                    #expect(!told.contains("open-sesame") && !told.contains("wrong-word"), "\(told)")
                }
            }
        }
        await connection.close()
        await server.close()
    }

    @Test("A Redis that stands still ends the trial of an event bridge")
    func bridge() async throws {
        let outcome = try await run(
            ["bridge", "--instances", "2", "--duration", "600s", "--rate", "100/s"],
            until: { connection in
                let channels = try await connection.send(RedisCommand("PUBSUB", "CHANNELS"))
                return channels.elements?.isEmpty == false
            }, then: SIGSTOP)
        #expect(outcome.code == 3, "\(outcome.output) \(outcome.errors)")
        #expect(outcome.errors.contains("the Redis at unix:///tmp/"), "\(outcome.errors)")
    }

    /// The most that a process has had in memory, in bytes; `nil` once it has ended. Known on Linux only, 0 elsewhere.
    private static func peakMemory(of process: pid_t) -> Int? {
        #if os(Linux)
            guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
                let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
            else { return nil }
            return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }
                .map { $0 << 10 }
        #else
            return nil
        #endif
    }

    static let filler = String(repeating: "a", count: 65_536)

    @Test(
        "Whatever answers in the place of Redis, a run ends soon, in little memory",
        arguments: [
            (HostileServer.Answer.silence, true), (.silence, false), (.drop, true), (.drop, false),
            (.bytes("$-1\r\n"), true),
            (.bytes("$-1\r\n"), false), (.bytes("*0\r\n"), true), (.bytes(":9223372036854775807\r\n"), true),
            (.bytes("*3\r\n:9223372036854775807\r\n$19\r\n9223372036854775807\r\n:9223372036854775807\r\n"), true),
            (.bytes("-ERR odd\r\n"), true), (.bytes("$10\r\nabc"), true),
            (.bytes("HTTP/1.1 400 Bad Request\r\n\r\n"), false),
            (.endless("$536870912\r\n", then: filler), true), (.endless("*2000000000\r\n", then: ":1\r\n"), true),
            (.endless("", then: "*1\r\n"), true), (.endless("+", then: filler), false),
        ])
    func hostile(_ answer: HostileServer.Answer, isPolite: Bool) async throws {
        let server = try HostileServer(answer, isPolite: isPolite)
        defer { server.stop() }
        try await command.withFile(CommandTests.small) { file in
            let start = ContinuousClock.now
            let result = try await Subprocess.run(
                .path(.init(CommandTests.command)), arguments: ["run", file, "--redis", server.url, "--timeout", "3s"],
                environment: CommandTests.keepingNothing, input: .none, output: .discarded, error: .discarded
            ) { execution in
                var peak = 0
                while let memory = Self.peakMemory(of: execution.processIdentifier.value) {
                    peak = max(peak, memory)
                    try await Task.sleep(for: .milliseconds(10))
                }
                return peak
            }
            #expect(result.terminationStatus == .exited(3))
            // Several times what it takes on a machine that has nothing else to do.
            #expect(ContinuousClock.now - start < .seconds(60))
            #expect(result.closureResult < 300 << 20, "\(result.closureResult >> 20) MiB")
        }
    }
}

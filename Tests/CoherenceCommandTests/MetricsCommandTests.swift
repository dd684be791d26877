import Foundation
import TestSupport
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@Suite("The command's metrics", .timeLimit(.minutes(10)))
struct MetricsCommandTests {
    @Test("While it runs its figures can be read; after that the port is free")
    func serving() async throws {
        let command = CommandTests()
        try await command.withFile(CommandTests.small) { file in
            let arguments = ["run", file, "--world", "simulated", "--repeat", "1000000"]
            try await served(arguments, until: "coherence_runs_total{", reaches: 2)
        }
    }

    @Test("A bridge between processes tells how far it has come while it goes on")
    func bridge() async throws {
        try await served(
            ["bridge", "--instances", "2", "--duration", "1h", "--rate", "100/s"],
            until: #"coherence_bridge_delivered_total{instance="1""#, reaches: 1)
    }

    @Test("A signal ends it whatever clients do to its page")
    func attacked() async throws {
        let command = CommandTests()
        try await command.withFile(CommandTests.small) { file in
            let arguments = ["run", file, "--world", "simulated", "--repeat", "1000000"]
            try await served(arguments, until: "coherence_runs_total{", reaches: 1, endedBy: SIGTERM) { port in
                let silent = await onThread { (0..<100).map { _ in PageClient(port: port) } }
                #expect(silent.allSatisfy { $0 != nil })
                let answer = await onThread {
                    let client = PageClient(port: port)
                    client?.send("GET /metrics HTTP/1.1\r\nX: " + String(repeating: "a", count: 1 << 20))
                    return client?.receiveAll()
                }
                #expect(answer?.hasPrefix("HTTP/1.1 431 ") == true)
                return silent
            }
        }
    }

    /// Runs a command until a figure on its page has come as far as that, and ends it by a signal.
    /// - Parameter attack: given the port. What it returns is kept until the command has ended.
    private func served(
        _ arguments: [String], until series: String, reaches goal: Int, endedBy signal: Int32 = SIGINT,
        attack: (UInt16) async -> [PageClient?] = { _ in [] }
    ) async throws {
        let process = Process()
        process.executableURL = URL(filePath: CommandTests.command)
        process.arguments = arguments + ["--metrics", "0"]
        process.environment = CommandTests.variables
        process.standardOutput = FileHandle.nullDevice
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        defer { process.terminate() }
        var said = ""
        while !said.contains("\n") {
            let data = errors.fileHandleForReading.availableData
            try #require(!data.isEmpty, "it ended without saying where: \(said)")
            said += String(decoding: data, as: UTF8.self)
        }
        let address = said.split(separator: "\n").first.map { $0.dropFirst("metrics: ".count) }
        let url = try #require(address.flatMap { URL(string: String($0)) })
        try await eventually("\(series) is \(goal)") {
            let (data, _) = try await URLSession.shared.data(from: url)
            let line = String(decoding: data, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix(series) }
            return (line?.split(separator: " ").last.flatMap { Int($0) } ?? 0) >= goal
        }
        let clients = try await attack(UInt16(#require(url.port)))
        kill(process.processIdentifier, signal)
        await onThread { process.waitUntilExit() }
        #expect(process.terminationReason == .exit && process.terminationStatus == 128 + signal)
        withExtendedLifetime(clients) {}
        await #expect(throws: (any Error).self) { try await URLSession.shared.data(from: url) }
    }

    @Test("An address that is none, and one of another machine, are errors that name it")
    func mistakes() async throws {
        let command = CommandTests()
        try await command.withFile(CommandTests.small) { file in
            let wrong = try await command.run(["run", file, "--metrics", "prometheus:80"])
            #expect(wrong.code == 64)
            #expect(wrong.errors.contains("prometheus:80"))
            let foreign = try await command.run(["run", file, "--metrics", "192.0.2.1:9464"])
            #expect(foreign.code == 3)
            #expect(foreign.errors.contains("cannot serve metrics at 192.0.2.1:9464: "))
        }
    }
}

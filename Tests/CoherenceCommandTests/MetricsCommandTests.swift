import Foundation
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@Suite("The command's metrics", .timeLimit(.minutes(2)))
struct MetricsCommandTests {
    @Test("While it runs its figures can be read; after that the port is free")
    func serving() async throws {
        let command = CommandTests()
        try await command.withFile(CommandTests.small) { file in
            let process = Process()
            process.executableURL = URL(filePath: CommandTests.command)
            process.arguments = ["run", file, "--world", "simulated", "--repeat", "1000000", "--metrics", "0"]
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
            var runs = 0
            while runs < 2 {
                let (data, _) = try await URLSession.shared.data(from: url)
                let page = String(decoding: data, as: UTF8.self)
                let series = page.split(separator: "\n").first { $0.hasPrefix("coherence_runs_total{") }
                runs = series?.split(separator: " ").last.flatMap { Int($0) } ?? 0
            }
            process.interrupt()
            process.waitUntilExit()
            #expect(process.terminationReason == .exit && process.terminationStatus == 130)
            await #expect(throws: (any Error).self) { try await URLSession.shared.data(from: url) }
        }
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

import Foundation
import TestSupport
import Testing

/// What somebody calls who has just installed the command.
@Suite("The commands demo and init", .serialized)
struct FirstStepsCommandTests {
    private let command = CommandTests()

    /// Runs a body with a folder that is removed afterwards.
    private func withFolder(_ body: (_ folder: String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "first-steps-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private func files(in folder: String) -> [String] {
        (FileManager.default.subpaths(atPath: folder) ?? []).filter {
            !URL(filePath: "\(folder)/\($0)").resourceIsFolder
        }.sorted()
    }

    @Test("The demonstration shows a pass, a bug with its story, and its replay, and says what it has written")
    func demonstrates() async throws {
        try await withFolder { folder in
            let place = "\(folder)/demo"
            let outcome = try await command.run(["demo", place])
            #expect(outcome.code == 0, "\(outcome.errors)\(outcome.output)")
            let output = outcome.output
            for words in [
                "pass: 200 schedules, 0 violations", "step by step:", "defect stale-fill",
                "identical: this is the run that was found", "Written: \(place)/permissions.yaml",
            ] {
                #expect(output.contains(words), "\(words)")
            }
            #expect(files(in: place) == ["failure.json", "permissions.yaml"])
            // Again, over what the first one has left; and what it has written is as good as any other file.
            #expect(try await command.run(["demo", place]).code == 0)
            #expect(try await command.run(["replay", "\(place)/failure.json"]).code == 1)
        }
    }

    @Test("A demonstration that cannot write says where and why")
    func refused() async throws {
        let outcome = try await command.run(["demo", "/dev/null/demo"])
        #expect(outcome.code == 70)
        #expect(outcome.errors.contains("cannot write /dev/null/demo: Not a directory"))
    }

    @Test("What is there is not replaced, and a folder without a name is none")
    func keeps() async throws {
        try await withFolder { folder in
            for name in ["permissions.yaml", "failure.json"] {
                let place = "\(folder)/\(name)-there"
                try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
                try "mine".write(toFile: "\(place)/\(name)", atomically: true, encoding: .utf8)
                let outcome = try await command.run(["demo", place])
                #expect(outcome.code == 64 && outcome.errors.contains("found \(place)/\(name)"), "\(outcome.errors)")
                #expect(try String(contentsOfFile: "\(place)/\(name)", encoding: .utf8) == "mine")
            }
            // A link that leads nowhere would be written through.
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/scenario.yaml", withDestinationPath: "\(folder)/elsewhere")
            #expect(try await command.run(["init", folder]).code == 64)
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/elsewhere"))
        }
        for call in ["demo", "init"] {
            let outcome = try await command.run([call, ""])
            #expect(outcome.code == 64 && outcome.errors.contains("a folder without a name"), "\(outcome.errors)")
        }
    }

    @Test("A first scenario runs at once, and no file that is there is replaced")
    func scenario() async throws {
        try await withFolder { folder in
            let place = "\(folder)/mine"
            let outcome = try await command.run(["init", place])
            #expect(outcome.code == 0, "\(outcome.errors)")
            let written = files(in: place)
            #expect(written == ["Fixtures/Targets/first.yaml", "ci.sh", "scenario.yaml"])
            for file in written { #expect(outcome.output.contains("\(place)/\(file)")) }
            let run = try await command.run(["run", place, "--world", "simulated", "--seed", "1"])
            #expect(run.code == 0, "\(run.errors)\(run.output)")
            let again = try await command.run(["init", place])
            #expect(again.code == 64)
            #expect(again.errors.contains("\(place)/scenario.yaml, "))
            #expect(again.errors.contains("expected a folder without these files"))
        }
    }

    @Test(
        "A first adapter is in order, and its cache passes",
        arguments: [("python", "python3"), ("node", "node"), ("go", "go")])
    func adapter(language: String, program: String) async throws {
        if Programs.path(of: program) == nil { try Test.cancel("\(program) is not here") }
        try await withFolder { folder in
            let place = "\(folder)/mine"
            let outcome = try await command.run(["init", place, "--adapter", language])
            #expect(outcome.code == 0, "\(outcome.errors)")
            let lines = outcome.output.split(separator: "\n")
            let call = try #require(lines.first { $0.contains("subject check") }?.split(separator: "'").last)
            let check = try await command.run(["subject", "check", "cd '\(place)' && \(call)", "--no-redis"])
            #expect(check.code == 0, "\(check.errors)\(check.output)")
            let run = try await command.run(["run", place, "--seed", "1", "--verbose"])
            // How fast it is says the machine.
            #expect([0, 2].contains(run.code), "\(run.errors)\(run.output)")
            #expect(run.output.contains("fresh-after-invalidation pass") && run.output.contains("convergence pass"))
        }
    }

    @Test("The script for CI ends with the command's code", .enabled(if: Programs.path(of: "python3") != nil))
    func continuousIntegration() async throws {
        try await withFolder { folder in
            #expect(try await command.run(["init", folder, "--adapter", "python"]).code == 0)
            let process = Process()
            process.executableURL = URL(filePath: "\(folder)/ci.sh")
            let path = ProcessInfo.processInfo.environment["PATH", default: "/usr/bin:/bin"]
            let commands = URL(filePath: CommandTests.command).deletingLastPathComponent().path
            process.environment = CommandTests.variables.merging(["PATH": "\(commands):\(path)"]) { $1 }
            process.standardOutput = FileHandle.nullDevice
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                process.terminationHandler = { _ in continuation.resume() }
                do { try process.run() } catch { continuation.resume(throwing: error) }
            }
            #expect([0, 2].contains(process.terminationStatus))
        }
    }
}

extension URL {
    fileprivate var resourceIsFolder: Bool { (try? resourceValues(forKeys: [.isDirectoryKey]).isDirectory) == true }
}

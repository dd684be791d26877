import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import coherence

/// What becomes of output that cannot be written, and of text that a terminal would obey.
@Suite("The command's output", .serialized)
struct OutputCommandTests {
    private let command = CommandTests()

    /// A folder that is removed afterwards.
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "output-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    /// The command behind a shell, whose redirections decide where its output goes; the shell ends with its code.
    private func shell(_ script: String) async throws -> CommandTests.Outcome {
        let result = try await Subprocess.run(
            .path("/bin/bash"), arguments: ["-c", script, "bash", CommandTests.command],
            environment: CommandTests.keepingNothing, workingDirectory: .init(CommandTests.root), input: .none,
            output: .string(limit: 1_000_000),
            error: .string(limit: 1_000_000))
        var code: Int32?
        if case .exited(let exited) = result.terminationStatus { code = exited }
        return CommandTests.Outcome(
            code: code, output: result.standardOutput, errors: CommandTests.withoutProgress(result.standardError))
    }

    private static let passing = "Fixtures/Scenarios/small-cluster.yaml"

    // MARK: Lost output

    @Test(
        "Output that is lost ends with 70 and the reason",
        arguments: [
            "run \(passing) --world simulated --seed 1", "run \(passing) --world simulated --seed 1 --format json",
            "explore \(passing) --schedules 10 --seed 1", "explore \(passing) --schedules 10 --seed 1 --format json",
            "check Fixtures/Histories/coherent.jsonl", "check Fixtures/Histories/coherent.jsonl --format json",
            "list \(passing)", "validate \(passing)", "--help", "--version",
        ], ["> /dev/full", ">&-"])
    func lost(call: String, redirection: String) async throws {
        guard FileManager.default.fileExists(atPath: "/dev/full") || redirection == ">&-" else { return }
        let outcome = try await shell("\"$1\" \(call) \(redirection)")
        #expect(outcome.code == 70, "\(outcome.errors)")
        #expect(outcome.errors.contains("coherence: standard output could not be written: "), "\(outcome.errors)")
    }

    @Test("What is recorded or found does not go among what is printed")
    func sameFile() async throws {
        let run = "\"$1\" run \(Self.passing) --world simulated --seed 1"
        let explore = "\"$1\" explore \(Self.passing) --seed 1 --defect stale-fill --schedules 500"
        try await withFolder { folder in
            for (call, path) in [
                ("\(run) --history /dev/stdout", "/dev/stdout"), ("\(explore) --save /dev/stdout", "/dev/stdout"),
                ("\(run) --history \(folder)/out > \(folder)/out", "\(folder)/out"),
                ("\(explore) --save \(folder)/out >> \(folder)/out", "\(folder)/out"),
            ] {
                let outcome = try await shell(call)
                #expect(outcome.code == 64, "\(call): \(outcome.output)\(outcome.errors)")
                #expect(
                    outcome.errors.contains("\(path) is where the report goes; name another file"),
                    "\(call): \(outcome.errors)")
            }
            let nowhere = try await shell("\(run) --history /dev/null > /dev/null")
            #expect(nowhere.code == 0, "\(nowhere.errors)")
        }
    }

    @Test("A violation stays one, although it cannot be printed")
    func violationStays() async throws {
        guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
        let checked = try await shell("\"$1\" check Fixtures/Histories/stale-read.jsonl > /dev/full")
        #expect(checked.code == 1)
        #expect(checked.errors.contains("No space left on device"))
        let explored = try await shell(
            "\"$1\" explore \(Self.passing) --seed 1 --defect stale-fill --schedules 500 --save /dev/full")
        #expect(explored.code == 1, "\(explored.errors)")
        #expect(explored.errors.contains("--save: /dev/full: No space left on device"), "\(explored.errors)")
        #expect(explored.output.contains("reproduce: coherence replay"))
        #expect(!explored.output.contains("or: coherence replay"))
    }

    @Test("A reader that has seen enough ends the command, quietly and with 141")
    func readerGone() async throws {
        let outcome = try await shell(
            "\"$1\" run \(Self.passing) --world simulated --seed 1 --repeat 1000 | head -1; exit ${PIPESTATUS[0]}")
        #expect(outcome.code == 141, "\(outcome.output)")
        #expect(outcome.output.split(separator: "\n").count == 1)
        #expect(outcome.errors.isEmpty, "\(outcome.errors)")
    }

    // MARK: Files

    @Test(
        "What cannot be opened for writing is refused before anything is run",
        arguments: [
            "run \(passing) --world simulated --history", "explore \(passing) --schedules 10 --save",
        ])
    func refused(call: String) async throws {
        let outcome = try await shell("\"$1\" \(call) /nowhere/file")
        #expect(outcome.code == 64)
        #expect(outcome.errors.contains("/nowhere/file: No such file or directory"), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }

    @Test("A history that is lost ends with 70, and what was found is printed all the same")
    func lostHistory() async throws {
        guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
        let outcome = try await shell("\"$1\" run \(Self.passing) --world simulated --seed 1 --history /dev/full")
        #expect(outcome.code == 70, "\(outcome.errors)")
        #expect(outcome.errors.contains("No space left on device"), "\(outcome.errors)")
        #expect(outcome.output.contains("1 run: 1 pass"))
    }

    @Test("A failure is written where a link leads, in place of what was there, and an unused file is not left behind")
    func links() async throws {
        try await withFolder { folder in
            let (file, link) = ("\(folder)/failure.json", "\(folder)/link.json")
            try String(repeating: "x", count: 100_000).write(toFile: file, atomically: true, encoding: .utf8)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
            let outcome = try await shell(
                "\"$1\" explore \(Self.passing) --seed 1 --defect stale-fill --schedules 500 --save \(link)")
            #expect(outcome.code == 1)
            let type = try FileManager.default.attributesOfItem(atPath: link)[.type] as? FileAttributeType
            #expect(type == .typeSymbolicLink)
            #expect(try await command.run(["replay", link]).code == 1)
            let nothing = "\(folder)/nothing.json"
            let passed = try await shell("\"$1\" explore \(Self.passing) --seed 1 --schedules 10 --save \(nothing)")
            #expect(passed.code == 0, "\(passed.output)\(passed.errors)")
            #expect(!FileManager.default.fileExists(atPath: nothing))
        }
    }

    // MARK: Text from outside

    /// ESC, BEL, CR, LF, C1, U+2028, U+202E, U+2066: none of them may reach a terminal.
    private static let forged = "a\u{1B}[2J\u{7}\r\nverdict: pass\u{9B}1m\u{2028}\u{202E}\u{2066}z"

    private func expectPrintable(_ outcome: CommandTests.Outcome, _ what: String) {
        for (name, text) in [("output", outcome.output), ("errors", outcome.errors)] {
            let raw = text.unicodeScalars.filter {
                $0 != "\n"
                    && ($0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0 == "\u{2028}" || $0 == "\u{202E}"
                        || $0 == "\u{2066}")
            }
            #expect(raw.isEmpty, "\(what): \(name) holds \(raw.map { String($0.value, radix: 16) })")
            let forged = text.split(separator: "\n").contains { $0.contains(/^\s*verdict: pass/) }
            #expect(!forged, "\(what): a line of the \(name) is forged:\n\(text)")
        }
    }

    @Test("A key of a foreign history cannot forge a line, nor reach the terminal raw", arguments: ["text", "json"])
    func foreignKey(format: String) async throws {
        try await withFolder { folder in
            let file = folder + "/history.jsonl"
            let key = try String(decoding: JSONEncoder().encode(Self.forged), as: UTF8.self)
            try """
            {"format":"swift-cache-coherence history","version":1}
            {"kind":"write","key":\(key),"version":1,"start":100,"end":200,"worker":0}
            {"kind":"write","key":\(key),"version":2,"start":300,"end":400,"worker":0}
            {"kind":"read","key":\(key),"version":1,"start":500,"end":520,"worker":1,"layer":"L2"}
            """.write(toFile: file, atomically: true, encoding: .utf8)
            let outcome = try await command.run(["check", file, "--check", "linearizable", "--format", format])
            #expect(outcome.code == 1, "\(outcome.output)\(outcome.errors)")
            #expect(outcome.output.contains(format == "text" ? "\\u{202E}" : "\\u202e"))
            expectPrintable(outcome, "check")
            if format == "json" {
                let document = try #require(
                    try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
                let histories = try #require(document["histories"] as? [[String: Any]])
                let checks = try #require(histories[0]["checks"] as? [[String: Any]])
                let violations = try #require(checks[0]["violations"] as? [[String: Any]])
                let operations = try #require(violations[0]["operations"] as? [[String: Any]])
                #expect(operations[0]["key"] as? String == Self.forged)
            }
        }
    }

    @Test("Names of scenarios and files, and words of wrong files and calls, are printed in one line")
    func names() async throws {
        try await withFolder { folder in
            let name = try String(decoding: JSONEncoder().encode(Self.forged), as: UTF8.self)
            let file = "\(folder)/\(Self.forged.replacing("/", with: "")).yaml"
            let text = CommandTests.small.replacing("scenario: Small", with: "scenario: \(name)")
            try text.write(toFile: file, atomically: false, encoding: .utf8)
            for arguments in [
                ["run", file, "--world", "simulated", "--seed", "1"], ["list", file], ["validate", file],
                ["run", file, "--world", "simulated", "--seed", "1", "--format", "json"],
                ["explore", file, "--schedules", "5", "--seed", "1", "--defect", "stale-fill"],
            ] {
                expectPrintable(try await command.run(arguments), arguments[0])
            }
            try text.replacing("keys: 5", with: "keys: \(name)").write(toFile: file, atomically: false, encoding: .utf8)
            let wrong = try await command.run(["validate", file])
            #expect(wrong.code == 64)
            #expect(wrong.errors.contains("\\u{1B}[2J"))
            expectPrintable(wrong, "a wrong file")
        }
        for arguments in [
            ["run", "--seed", Self.forged], ["run", "--seed=\(Self.forged)"], ["run", Self.forged],
            ["run", "--redis", Self.forged], ["explore", "--for", Self.forged], ["bridge", "--rate", Self.forged],
            ["replay", Self.forged], ["run", "--variant", Self.forged, Self.passing], [Self.forged],
            ["check", Self.forged], ["check", "Fixtures/Histories/coherent.jsonl", "--check", Self.forged],
            ["run", Self.passing, "--world", "simulated", "--history", "/nowhere/\(Self.forged)"],
        ] {
            let outcome = try await command.run(arguments)
            #expect(outcome.code == 64, "\(arguments): \(outcome.errors)")
            expectPrintable(outcome, "\(arguments[0])")
        }
    }

    @Test("The colours of a report are all that a terminal is given to obey")
    func colours() {
        let text = "\u{1B}[31mviolation\u{1B}[0m a\u{1B}[2J\u{7}\nb"
        #expect(Console.printable(text, isColoured: true) == "\u{1B}[31mviolation\u{1B}[0m a\\u{1B}[2J\\u{7}\nb")
        #expect(Console.printable(text, isColoured: false) == "\\u{1B}[31mviolation\\u{1B}[0m a\\u{1B}[2J\\u{7}\nb")
    }
}

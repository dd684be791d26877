import Foundation
import TestSupport
import Testing

/// Exploring a cache in its own processes, as somebody with a cache and a doubt would.
@Suite("The commands explore and replay with a subject", .serialized, .enabled(if: Programs.path(of: "python3") != nil))
struct GatedCommandTests {
    private let command = CommandTests()

    private static let leases = "Fixtures/Adapters/leases.yaml"

    private func withFolder(_ body: (_ folder: String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "gated-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    @Test("What is found is told, saved, and replayed message by message; the whole cache has its certificate")
    func findsAndReplays() async throws {
        try await withFolder { folder in
            let file = "\(folder)/failure.json"
            let found = try await command.run(
                ["explore", Self.leases, "--set", "subject.config.bug=split", "--seed", "1", "--save", file])
            #expect(found.code == 1, "\(found.errors)\(found.output)")
            for words in [
                "gated: a cache with leases 1, promises acknowledged", "repeated by 5 of 5 replays",
                "\u{2192} Redis: GET \"rows:0\"", "all is quiet", "or: coherence replay '\(file)'",
            ] {
                #expect(found.output.contains(words), "\(words)\n\(found.output)")
            }
            let replayed = try await command.run(["replay", file, "--times", "20"])
            #expect(replayed.code == 1, "\(replayed.errors)\(replayed.output)")
            #expect(replayed.output.contains("repeated, message by message, by 20 of 20 runs"), "\(replayed.output)")
            let whole = try await command.run(["explore", Self.leases, "--exhaustive", "--bound", "1"])
            #expect(whole.code == 0, "\(whole.errors)\(whole.output)")
            #expect(whole.output.contains("certificate: every order within 1 deviation of"), "\(whole.output)")
        }
    }

    @Test(
        "The cache of the README is refuted in its own commands, and its repaired form has a certificate",
        .enabled(if: Programs.python(importing: "redis") != nil))
    func showpiece() async throws {
        let python = try #require(Programs.python(importing: "redis"))
        let subject = "PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=Adapters/python:Adapters/python/users exec \(python) "
            + "Adapters/python/users/adapter.py"
        let broken = try await self.command.run(
            ["explore", "Adapters/python/users/users.yaml", "--subject", subject, "--seed", "1", "--no-keep"])
        #expect(broken.code == 1, "\(broken.errors)\(broken.output)")
        let command = "\u{2192} Redis: SET \"users:0\" (version 1) \"EX\" \"600\""
        #expect(broken.output.contains(command), "\(broken.output)")
        let repaired = try await self.command.run(
            [
                "explore", "Adapters/python/users/users-with-leases.yaml", "--subject", subject, "--exhaustive",
                "--bound", "1",
            ])
        #expect(repaired.code == 0, "\(repaired.errors)\(repaired.output)")
        #expect(repaired.output.contains("certificate: "), "\(repaired.output)")
    }

    @Test("The reference cache is explored through the same door, and a bug of its is found with its real scripts")
    func referenceCache() async throws {
        let subject = "exec '\(CommandTests.command)' reference-cache"
        let file = "Fixtures/Adapters/reference.yaml"
        let correct = try await command.run(
            ["explore", file, "--subject", subject, "--schedules", "60", "--seed", "1"])
        #expect(correct.code == 0, "\(correct.errors)\(correct.output)")
        #expect(correct.output.contains("gated: the reference cache, promises acknowledged"))
        // Swift's timers are the kernel's.
        #expect(correct.output.contains("time is real: with a clock that stands the cache does not become quiet"))
        let broken = try await command.run(
            [
                "explore", file, "--subject", subject, "--set", "subject.config.defects=wrong-tier", "--schedules", "5",
                "--seed", "1",
            ])
        #expect(broken.code != 0)
        #expect((broken.errors + broken.output).contains("config.defects: wrong-tier is no defect"))
    }

    @Test("As JSON the exploration says of which cache it is, what counts and what was visited")
    func json() async throws {
        let outcome = try await command.run(
            ["explore", Self.leases, "--exhaustive", "--bound", "1", "--format", "json"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        let document = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let exploration = try #require((document["explorations"] as? [[String: Any]])?.first)
        let gated = try #require(exploration["gated"] as? [String: Any])
        #expect(gated["subject"] as? String == "a cache with leases 1")
        #expect(gated["proof"] as? Bool == true)
        #expect(gated["notCounted"] as? Int == 0)
        #expect((gated["steps"] as? Int ?? 0) > 500)
        #expect((gated["programs"] as? [String])?.count == 4)
    }

    @Test(
        "Calls that mean nothing with a subject are refused",
        arguments: [
            (["--bound", "2"], "--bound without --exhaustive"), (["--exhaustive", "--bound", "10"], "from 0 to 9"),
            (["--operations", "5"], "found --operations with a subject"),
            (["--threads", "2"], "found --threads with a subject"),
            (["--defect", "stale-fill"], "found --defect with a subject"),
        ])
    func refused(arguments: [String], message: String) async throws {
        let outcome = try await command.run(["explore", Self.leases] + arguments)
        #expect(outcome.code == 64)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }

    @Test("A replay whose order cannot be followed is unknown, and the call of a simulated failure refuses --times")
    func notFollowed() async throws {
        try await withFolder { folder in
            let file = "\(folder)/failure.json"
            let found = try await command.run(
                ["explore", Self.leases, "--set", "subject.config.bug=naive", "--seed", "1", "--save", file])
            #expect(found.code == 1)
            let text = try String(contentsOfFile: file, encoding: .utf8)
            // The repaired cache says something else.
            try text.replacing("subject.config.bug=naive", with: "subject.config.bug=none")
                .write(toFile: file, atomically: true, encoding: .utf8)
            let replayed = try await command.run(["replay", file])
            #expect(replayed.code == 3, "\(replayed.errors)\(replayed.output)")
            #expect(replayed.output.contains("not repeated by 1 run"), "\(replayed.output)")
        }
    }
}

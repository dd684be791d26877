import Foundation
import TestSupport
import Testing

@testable import coherence

/// What a call says that cannot mean anything is refused with the reason, and not passed over.
@Suite("Calls that mean nothing", .serialized)
struct RefusedCallTests {
    private let command = CommandTests()
    private static let scenario = "Fixtures/Scenarios/small-cluster.yaml"

    @Test(
        "An option without effect ends the command with 64 and the reason",
        arguments: [
            (
                ["run", scenario, "--defect", "leaked-connection"],
                "--defect: found leaked-connection, which breaks nothing here: no manager is declared"
            ),
            (
                ["explore", scenario, "--defect", "connection-past-manager"],
                "breaks nothing here: no manager is declared"
            ),
            (
                ["run", scenario, "--world", "simulated", "--defect", "forgotten-position"],
                "a bus of pub-sub has no positions"
            ),
            (["run", "Scenarios/Bridge", "--defect", "stale-fill"], "an event bridge has no cache"),
            (["run", scenario, "--world", "simulated", "--redis", "redis://localhost"], "no other world has a Redis"),
            (["run", scenario, "--subject", ""], "--subject takes a command"),
            (["run", scenario, "--subject", " \t"], "--subject takes a command"),
            (["subject", "check", ""], "found an empty command"),
            (["run", scenario, "--key-lifetime", "60s"], "--key-lifetime: found it without --redis"),
            (["bridge", "--key-lifetime", "60s"], "--key-lifetime: found it without --redis"),
            (
                ["check", "--model", "zones", "--check", "sessions", "Fixtures/Histories/coherent.jsonl"],
                "--model: found zones with checks that do not use it"
            ),
            (["replay", "failure.json", "--timeout", "3s"], "--timeout: found it with --world simulated"),
            (
                ["run", scenario, "--redis", "ftp://x"],
                "--redis: \"ftp://…\" is not the URL of a Redis server: its scheme is \"ftp\"; use redis or unix."
            ),
            (["run", scenario, "--redis", "unix:///" + String(repeating: "a", count: 200)], "its path has 201 bytes"),
            (
                ["check", "--check", "freshness", "Fixtures/Histories/coherent.jsonl"],
                "did you mean fresh-after-invalidation?"
            ),
            (["rum"], "Unexpected argument 'rum'. Did you mean 'run'?"),
            (["explroe", "x.yaml"], "Did you mean 'explore'?"), (["run", "--sead", "1"], "Did you mean '--seed'?"),
            (["run", scenario, "--defect", "stale-fil"], "Did you mean 'stale-fill'? Please provide one of"),
            (["run", scenario, "--world", "simulate"], "Did you mean 'simulated'?"),
        ])
    func refused(_ arguments: [String], _ reason: String) async throws {
        let outcome = try await command.run(arguments)
        #expect(outcome.code == 64, "\(arguments): \(outcome.output)\(outcome.errors)")
        #expect(outcome.errors.contains(reason), "\(arguments): \(outcome.errors)")
        #expect(!outcome.errors.contains("invalidURL"), "\(arguments): \(outcome.errors)")
        let reported = outcome.errors.split(separator: "\n").first ?? ""
        #expect(!reported.contains(".."), "\(arguments): \(outcome.errors)")
    }

    @Test("Of a wrong file the line is shown, with a caret at the place")
    func excerpt() async throws {
        try await command.withFile(CommandTests.small.replacing("instances: 2", with: "instnces: 2")) { file in
            for call in [["run", file], ["validate", file], ["explore", file]] {
                let outcome = try await command.run(call)
                #expect(outcome.code == 64)
                let lines = outcome.errors.split(separator: "\n")
                let index = try #require(lines.firstIndex { $0.contains("did you mean instances?") })
                #expect(lines[index + 1].hasPrefix("  2 | cluster: { instnces: 2, workers: 2"), "\(outcome.errors)")
                #expect(lines[index + 2] == "    |            ^", "\(outcome.errors)")
            }
        }
    }

    @Test("A scenario is validated from standard input, and from nowhere else by that name")
    func standardInput() async throws {
        let right = try await command.run(["validate", "-"], input: CommandTests.small)
        #expect(right.code == 0, "\(right.errors)")
        #expect(right.output == "standard input: valid\n")
        let wrong = try await command.run(
            ["validate", "-"], input: CommandTests.small.replacing("keys: 5", with: "keys: five"))
        #expect(wrong.code == 64)
        #expect(
            wrong.errors.contains("standard input:4:19: error: data.things.keys: found \"five\""), "\(wrong.errors)")
        let empty = try await command.run(["validate", "-"])
        #expect(empty.code == 64)
        #expect(try await command.run(["run", "-"], input: CommandTests.small).code == 64)
    }

    @Test("A bug that can act in some of the runs is let in, and the others are named")
    func partly() async throws {
        let announced = CommandTests.small.replacing("acknowledged", with: "announced")
            .replacing("scenario: Small", with: "scenario: Told").replacing(
                "[linearizable, convergence]", with: "[convergence]")
        try await command.withFile(CommandTests.small) { acknowledged in
            try await command.withFile(announced) { file in
                let outcome = try await command.run(
                    [
                        "run", acknowledged, file, "--world", "simulated", "--seed", "1", "--defect",
                        "lease-by-own-clock",
                    ])
                #expect([0, 1].contains(outcome.code), "\(outcome.output)\(outcome.errors)")
                let line =
                    "Told: the defect lease-by-own-clock breaks nothing here: a writer of announced invalidations "
                    + "waits for nobody\n"
                #expect(outcome.errors == line)
            }
        }
    }

    @Test("Where no server is, the reason is said once in each place, and what to do about it once")
    func noServer() async throws {
        let outcome = try await command.run(["run", Self.scenario, "--redis", "unix:///nowhere/redis.sock"])
        #expect(outcome.code == 3)
        let advice = "Check that the server is running and that the address is right"
        #expect(outcome.errors.contains(advice), "\(outcome.errors)")
        #expect(!outcome.output.contains(advice), "\(outcome.output)")
        let start = "no run\nnot run, the Redis at unix:///nowhere/redis.sock cannot be used: "
        #expect(outcome.output.hasPrefix(start), "\(outcome.output)")
    }

    @Test("Help says of each deliberate bug what it is", arguments: ["run", "explore", "replay"])
    func defects(subcommand: String) async throws {
        let help = try await command.run([subcommand, "--help"]).output
        let words = help.split { $0.isWhitespace }.joined(separator: " ")
        for part in [
            "stale-fill - A fill is not checked against the invalidations that happened while it was loading",
            "leaked-connection - Each command opens one more connection under the manager's name, and leaves it",
        ] {
            #expect(words.contains(part), "\(help)")
        }
    }

    @Test("Help explains each bug in the words of its documentation")
    func documentation() throws {
        let file = CommandTests.root + "/Sources/CacheHierarchy/Entries/Defect.swift"
        var documented: [String: String] = [:]
        var words: [Substring] = []
        for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n") {
            let line = line.drop { $0 == " " }
            if line.hasPrefix("/// ") {
                words.append(line.dropFirst(4))
            } else if line.hasPrefix("case "), let name = line.split(separator: "\"").dropFirst().first {
                documented[String(name)] = words.joined(separator: " ")
                words = []
            } else {
                words = []
            }
        }
        #expect(DefectOption.explanations == documented)
    }
}

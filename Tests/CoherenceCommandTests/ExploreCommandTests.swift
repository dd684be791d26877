import Foundation
import Testing

/// Exploring and replaying, as a person or a script would.
@Suite("The commands explore and replay", .serialized)
struct ExploreCommandTests {
    private let command = CommandTests()

    private static let scenario = "Fixtures/Scenarios/small-cluster.yaml"

    /// A race that shows itself soon, in a folder that is removed afterwards.
    private func withRace(_ body: (_ scenario: String, _ folder: String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "explore-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let scenario = folder + "/race.yaml"
        try """
        scenario: Race
        cluster: { instances: 2, workers: 2, invalidation: announced, layers: [L1, L2, redis] }
        data:
          things: { keys: 2 }
        phases:
          - mix: { name: race, data: things, operations: 6 per worker, read: 60 %, write: 40 % }
          - inspect: everything
        checks: [fresh-after-invalidation, convergence]
        """.write(toFile: scenario, atomically: true, encoding: .utf8)
        try await body(scenario, folder)
    }

    private func digest(_ arguments: [String]) async throws -> String {
        let outcome = try await command.run(
            ["explore", Self.scenario, "--schedules", "1000", "--seed", "1", "--format", "json"] + arguments)
        #expect(outcome.code == 0, "\(outcome.errors)\(outcome.output)")
        let document = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let exploration = try #require((document["explorations"] as? [[String: Any]])?.first)
        #expect(exploration["schedules"] as? Int == 1_000)
        return try #require(exploration["digest"] as? String)
    }

    @Test("A thousand schedules of the cache give the same traces in two processes, on one thread and on several")
    func repeats() async throws {
        let first = try await digest(["--threads", "1"])
        #expect(try await digest(["--threads", "3"]) == first)
    }

    @Test("What is found is told, saved, and replayed the same from the file and from the options that are printed")
    func saves() async throws {
        try await withRace { scenario, folder in
            let file = folder + "/failure.json"
            let explored = try await command.run(
                ["explore", scenario, "--defect", "stale-fill", "--seed", "1", "--save", file])
            #expect(explored.code == 1, "\(explored.errors)\(explored.output)")
            let lines = explored.output.split(separator: "\n").map(String.init)
            let printed = try #require(lines.first { $0.hasPrefix("  reproduce: coherence ") })
            #expect(explored.output.contains("coherence replay '\(file)'"))
            let arguments = Self.words(printed.dropFirst("  reproduce: coherence ".count))
            let byOptions = try await command.run(arguments)
            let byFile = try await command.run(["replay", file])
            #expect(byOptions.code == 1, "\(byOptions.errors)")
            #expect(byFile.code == 1, "\(byFile.errors)")
            #expect(byFile.output == byOptions.output)
            #expect(byFile.output.contains("identical: this is the run that was found"))
            let story = byFile.output.split(separator: "\n").prefix { $0.hasPrefix(" ") }
            #expect(story.count >= 3)
            for line in story { #expect(explored.output.contains(line)) }

            let operations = try #require(arguments.firstIndex(of: "--operations")) + 1
            var idle = arguments
            idle[operations] = ""
            let nothing = try await command.run(idle)
            #expect(nothing.code == 3, "\(nothing.output)\(nothing.errors)")
            #expect(nothing.output.contains("no worker does anything in it"), "\(nothing.output)\(nothing.errors)")

            // Without the defect nothing is wrong any more.
            let mended = try await command.run(arguments.filter { $0 != "--defect" && $0 != "stale-fill" })
            #expect(mended.code == 0, "\(mended.errors)")
            #expect(mended.output.contains("no check is violated"))
            #expect(!mended.output.contains("this is the run that was found"))

            // A comment changes the text and not the run.
            let text = try String(contentsOfFile: scenario, encoding: .utf8)
            try (text + "\n# changed").write(toFile: scenario, atomically: true, encoding: .utf8)
            let changed = try await command.run(["replay", file])
            #expect(changed.code == 1)
            #expect(changed.output.contains("\(scenario) has changed since \(file) was saved"))
            #expect(changed.output.contains("identical: this is the run that was found"))

            // Without its data the scenario is another one.
            try text.replacing("things", with: "stuff").write(toFile: scenario, atomically: true, encoding: .utf8)
            let unfit = try await command.run(["replay", file])
            #expect(unfit.code == 64)
            #expect(unfit.errors.contains("\(file):"), "\(unfit.errors)")
            #expect(unfit.errors.contains("expected a key of the scenario's data"), "\(unfit.errors)")
        }
    }

    @Test("All that is distinct is told, each with its command, and saved into files of its own")
    func all() async throws {
        try await withRace { scenario, folder in
            let outcome = try await command.run(
                [
                    "explore", scenario, "--defect", "stale-fill", "--seed", "1", "--schedules", "60", "--all",
                    "--save",
                    folder + "/failure.json",
                ])
            #expect(outcome.code == 1)
            #expect(outcome.output.contains("digest of 60 traces: "))
            #expect(outcome.output.contains("1 of "))
            for file in ["failure.json", "failure-2.json"] {
                #expect(outcome.output.contains("coherence replay '\(folder)/\(file)'"))
                #expect(try await command.run(["replay", "\(folder)/\(file)"]).code == 1)
            }
        }
    }

    @Test(
        "A wrong call of replay exits 64 and says what is missing",
        arguments: [
            (["replay", Self.scenario], "found the scenario"),
            (["replay", Self.scenario, "--schedule", "sim1-1-1-"], "go together"),
            (["replay", "x.json", "--part", "workers=1"], "belong to a scenario"),
            (["replay", "/nowhere.json"], "no file there"),
            (
                ["replay", Self.scenario, "--operations", "0.0 r x", "--schedule", "sim1-1-1-"],
                "--operations, column 7"
            ),
            (["replay", Self.scenario, "--operations", "", "--schedule", "sim9"], "sim1-SEED-HASH-CHOICES"),
            (
                ["replay", Self.scenario, "--operations", "", "--part", "workers=9", "--schedule", "sim1-1-1-"],
                "from 1 to 2"
            ),
            (
                ["replay", Self.scenario, "--operations", "", "--variant", "keys=3", "--schedule", "sim1-1-1-"],
                "nothing varies"
            ),
        ])
    func wrongCalls(arguments: [String], says message: String) async throws {
        let outcome = try await command.run(arguments)
        #expect(outcome.code == 64)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }

    /// The words of a command line, quotation marks removed.
    private static func words(_ line: Substring) -> [String] {
        line.split(separator: Character("'"), omittingEmptySubsequences: false).enumerated().flatMap { index, part in
            index % 2 == 1 ? [String(part)] : part.split(separator: Character(" ")).map(String.init)
        }
    }
}

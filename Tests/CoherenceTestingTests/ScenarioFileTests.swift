import CoherenceTesting
import Foundation
import Testing

@Suite("Scenario files as arguments of tests")
struct ScenarioFileTests {
    private func folder(_ files: [String: String]) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "scenarios-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, text) in files { try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8) }
        return folder
    }

    @Test("The files of a folder beside the test are found, in order, and named by their path inside it")
    func found() throws {
        let files = ScenarioFile.all(in: "Scenarios")
        #expect(files.map(\.testDescription).contains("traffic.yaml"))
        #expect(files.map(\.testDescription) == files.map(\.testDescription).sorted())
        #expect(files.allSatisfy { FileManager.default.fileExists(atPath: $0.path) })
        let again = try JSONDecoder().decode([ScenarioFile].self, from: JSONEncoder().encode(files))
        #expect(again == files)
    }

    @Test("A folder that is missing, or has no scenario, is one test that fails with the reason")
    func missing() async throws {
        let empty = try folder(["notes.txt": ""])
        defer { try? FileManager.default.removeItem(atPath: empty) }
        for (files, reason) in [
            (ScenarioFile.all(in: "Nowhere"), "nothing there"), (ScenarioFile.all(in: empty), "without scenarios"),
        ] {
            let file = try #require(files.first)
            #expect(files.count == 1)
            let run = try await CollectedIssue.all { try await file.run(on: NoCache.init) }
            #expect(run.count == 1 && run.first?.comment.contains(reason) == true)
            let explored = try await CollectedIssue.all { try await file.explore(on: NoCache.init) }
            #expect(explored.count == 1 && explored.first?.comment.contains(reason) == true)
        }
    }

    @Test("A file may say how its cache is configured, and needs no command; one of another language's cache may run")
    func configuration() async throws {
        let rest = """
            cluster: { instances: 1, workers: 2 }
            data: { users: { keys: 2, value: 60 B } }
            phases:
              - mix: { name: traffic, data: users, operations: 20 per worker, read: 80%, write: 20% }
            checks: [fresh-after-invalidation]

            """
        let folder = try folder([
            "a.yaml": "scenario: A\nsubject: { config: { mode: fast }, origin-delay: 2ms }\n" + rest,
            "b.yaml": "scenario: B\nsubject: { command: python3 adapter.py, config: { mode: fast } }\n" + rest,
        ])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let files = ScenarioFile.all(in: folder)
        #expect(files.count == 2)
        for file in files {
            let counter = Counter()
            try await file.run(
                on: ScriptedCache.reading { surroundings, key in
                    counter.add(surroundings.configuration == ["mode": "fast"] ? 1 : 0)
                    return try await ScriptedCache.honest(surroundings, key)
                }, in: .simulated)
            #expect(!counter.all.isEmpty && !counter.all.contains(0))
        }
    }

    @Test("Each mistake in a file is an issue at its line")
    func mistakes() async throws {
        let folder = try folder(["wrong.yaml": "scenario: Wrong\ncluster: { instances: none }\nphasen: []\n"])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = try #require(ScenarioFile.all(in: folder).first)
        let issues = try await CollectedIssue.all { try await file.run(on: NoCache.init) }
        #expect(issues.count >= 2)
        #expect(Set(issues.map(\.line)).isSuperset(of: [2, 3]))
        #expect(issues.allSatisfy { $0.file == "wrong.yaml" && $0.isError })
    }
}

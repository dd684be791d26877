import Foundation
import Scenarios
import Testing

@Suite("Saved failures")
struct SavedFailureTests {
    static let failure = SavedFailure(
        scenario: "Scenarios/a.yaml", digest: "abc", variant: "layers=L1+L2", defects: ["stale-fill"], part: "",
        operations: "0.0 r \"k\": ü/0", schedule: "sim1-1-1-", reason: "sessions: a rule\n  1. what happened")

    static let valid = """
        {
          "format": "swift-cache-coherence failure", "version": 1,
          "scenario": "a.yaml", "digest": "abc", "variant": "", "defects": [], "part": "",
          "operations": "", "schedule": "sim1-1-1-", "reason": "why"
        }
        """

    func withFile(_ text: String, _ body: (String) throws -> Void) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "failure-\(UUID().uuidString).json").path
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        try body(file)
    }

    @Test("What is written is read back the same, quotation marks, letters and lines of other kinds included")
    func roundTrip() throws {
        try withFile("") { file in
            try Self.failure.write(to: file)
            let loaded = try SavedFailureLoader().load(file)
            #expect(loaded.failure == Self.failure)
            #expect(loaded.positions["format"]?.line == 6)
            let document = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: file)))
            #expect((document as? [String: Any])?["version"] as? Int == 1)
        }
    }

    @Test("A failure on real processes is read back the same", arguments: [nil, "python3 'my adapter.py'"])
    func gated(subject: String?) throws {
        try withFile("") { file in
            var failure = Self.failure
            failure.schedule = ""
            failure.gated = SavedFailure.Gated(subject: subject, steps: ["0.1 command GET \"k\"", "time timer redis#2"])
            try failure.write(to: file)
            #expect(try SavedFailureLoader().load(file).failure == failure)
        }
    }

    @Test(
        "What is wrong with a file is said with its place",
        arguments: [
            (
                "failure\", \"version\": 1", "failure\", \"version\": 3",
                "2:57: error: version: found \"3\"; expected 1 or 2"
            ),
            ("failure\", \"version\": 1", "failure\", \"version\": 2", "found no steps"),
            ("failure\", \"version\": 1", "failure\", \"version\": 2", "found the unknown word \"schedule\""),
            ("cache-coherence failure", "cache-coherence history", "2:13: error: format: found"),
            ("\"digest\"", "\"digset\"", "3:25: error: found the unknown word \"digset\""),
            ("\"digest\"", "\"digset\"", "did you mean digest?"),
            ("\"digest\": \"abc\", ", "", "found no digest; expected digest: the digest of its text"),
            ("\"defects\": []", "\"defects\": \"x\"", "3:68: error: defects: found \"x\"; expected a list"),
            ("\"scenario\": \"a.yaml\"", "\"scenario\": [1]", "3:15: error: scenario: found a list"),
            ("\"reason\": \"why\"", "\"reason\": \"why", "text that is not JSON"),
            ("\"format\": \"swift-cache-coherence failure\", ", "", "found no format"),
        ])
    func errors(from old: String, to new: String, says message: String) throws {
        #expect(Self.valid.contains(old))
        try withFile(Self.valid.replacing(old, with: new)) { file in
            let errors = try #require(throws: ScenarioErrors.self) { try SavedFailureLoader().load(file) }
            #expect(errors.description.contains(message), "\(errors)")
            #expect(errors.diagnostics.allSatisfy { $0.file == file })
        }
    }

    @Test("Other files are refused", arguments: ["", "[1, 2]", "hello", "{}", "\u{0}"])
    func others(text: String) throws {
        try withFile(text) { file in
            let errors = try #require(throws: ScenarioErrors.self) { try SavedFailureLoader().load(file) }
            #expect(errors.diagnostics.count == 1, "\(errors)")
        }
        let missing = #expect(throws: ScenarioErrors.self) { try SavedFailureLoader().load("/nowhere/failure.json") }
        #expect(missing?.diagnostics.map(\.found) == ["no file there"])
    }

    @Test("The digest is of the text, and not of how its lines end")
    func digest() throws {
        var digests: [String] = []
        for text in ["a: 1\nb: 2\n", "a: 1\r\nb: 2\r\n", "a: 1\nb: 3\n"] {
            try withFile(text) { digests.append(try SavedFailure.digest(of: $0)) }
        }
        #expect(digests[0] == digests[1])
        #expect(digests[0] != digests[2])
    }
}

import Foundation
import Testing
import Yams

/// What is written for services that nobody can call from a test.
@Suite("Templates for CI services")
struct ServiceTemplateTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func document(_ path: String) throws -> [String: Any] {
        let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
        return try #require(try Yams.load(yaml: text) as? [String: Any])
    }

    /// Whether a shell understands a script.
    private static func complaint(_ script: String) throws -> String {
        let process = Process()
        let errors = Pipe()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-n", "-c", script]
        process.standardError = errors
        try process.run()
        let text = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 0 ? "" : text + "\(process.terminationStatus)"
    }

    @Test("The action of GitHub is a composite one, whose steps name their shell and take no input into their text")
    func github() throws {
        let action = try Self.document("action.yml")
        #expect(Set(action.keys) == ["name", "description", "inputs", "runs"])
        let inputs = try #require(action["inputs"] as? [String: [String: Any]])
        for (name, input) in inputs {
            #expect(input["description"] is String && input["default"] is String, "\(name)")
        }
        let runs = try #require(action["runs"] as? [String: Any])
        #expect(runs["using"] as? String == "composite")
        let steps = try #require(runs["steps"] as? [[String: Any]])
        #expect(steps.count == 2)
        for step in steps {
            #expect(step["shell"] as? String == "bash")
            let script = try #require(step["run"] as? String)
            // An expression in a script is text of whoever opens a pull request.
            #expect(!script.contains("${{"), "\(script)")
            #expect(try Self.complaint(script) == "")
        }
        #expect((steps[1]["run"] as? String)?.contains("coherence gate \"${words[@]}\" --report junit=") == true)
        #expect((steps[1]["run"] as? String)?.contains("exit \"$code\"") == true)
        #expect((steps[1]["env"] as? [String: String])?.keys.sorted() == ["GATE_ARGUMENTS", "GATE_PATHS"])
    }

    @Test("The job of GitLab has a script, and keeps the report that GitLab reads")
    func gitlab() throws {
        let document = try Self.document("Scripts/support/gitlab-ci.yml")
        let job = try #require(document["coherence"] as? [String: Any])
        let script = try #require(job["script"] as? [String])
        #expect(try Self.complaint(script.joined(separator: "\n")) == "")
        #expect(script.last?.hasPrefix("coherence gate --report junit=coherence.xml") == true)
        let artifacts = try #require(job["artifacts"] as? [String: Any])
        #expect(artifacts["when"] as? String == "always")
        #expect((artifacts["reports"] as? [String: String]) == ["junit": "coherence.xml"])
    }

    @Test("A wrong script is noticed")
    func canFail() throws {
        #expect(try Self.complaint("if true") != "")
    }
}

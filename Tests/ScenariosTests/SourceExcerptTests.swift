import Foundation
import Testing

@testable import Scenarios

@Suite("The line of a file that an error is about")
struct SourceExcerptTests {
    private func told(_ text: String, line: Int, column: Int) throws -> [String] {
        let file = FileManager.default.temporaryDirectory.appending(path: "excerpt-\(UUID().uuidString).yaml").path
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let error = ScenarioDiagnostic(
            at: SourcePosition(file: file, line: line, column: column), found: "it", expected: "another")
        return Array(SourceExcerpt.told(error).dropFirst())
    }

    @Test("It stands below the error, with a caret at the place")
    func caret() throws {
        #expect(
            try told("a: 1\ncluster: { instnces: 2 }\n", line: 2, column: 12) == [
                "  2 | cluster: { instnces: 2 }", "    |            ^",
            ])
        #expect(try told("ä: 😀x\n", line: 1, column: 5) == ["  1 | ä: 😀x", "    |     ^"])
        #expect(try told("a\n", line: 1, column: 9) == ["  1 | a", "    |  ^"])
    }

    @Test("Of a long line the part around the place is shown, and nothing that a terminal obeys")
    func long() throws {
        let text = String(repeating: "x", count: 300) + "\u{1B}[2J!" + String(repeating: "y", count: 300)
        let lines = try told(text, line: 1, column: 305)
        #expect(lines[0].hasPrefix("  1 | …xxx") && lines[0].hasSuffix("yyy…"), "\(lines[0])")
        #expect(lines[0].contains(#"\u{1B}[2J!"#))
        let place = try #require(Array(lines[1]).firstIndex(of: "^"))
        #expect(Array(lines[0])[place] == "!")
        #expect(lines[0].count < 130)
    }

    @Test(
        "Where there is no such line, or no file, the error stands alone", arguments: [(0, 0), (3, 1), (2, 1), (1, 0)])
    func nothing(_ line: Int, _ column: Int) throws {
        #expect(try told("a: 1\n\n", line: line, column: column) == [])
        let error = ScenarioDiagnostic(
            at: SourcePosition(file: "/dev/zero", line: 1, column: 1), found: "it", expected: "another")
        #expect(SourceExcerpt.told(error).count == 1)
    }

    @Test("A bare number is told with the unit that is probably meant")
    func units() throws {
        func complaint(_ ttl: String) -> String {
            let text = """
                scenario: s
                cluster: { instances: 1, workers: 1, invalidation: acknowledged, layers: [redis: { ttl: \(ttl) }] }
                data: { a: { keys: 1 } }
                phases: [inspect: everything]
                checks: [convergence]
                """
            do {
                _ = try ScenarioLoader().decode(text, file: "f")
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(complaint("60").contains("did you mean \"60s\"?"), "\(complaint("60"))")
        #expect(complaint("500").contains("did you mean \"500ms\"?"), "\(complaint("500"))")
    }
}

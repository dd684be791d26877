import Foundation
import Testing

/// What README.md shows and claims.
@Suite("The README")
struct ReadmeTests {
    private let command = CommandTests()

    private static let text = try? String(contentsOfFile: CommandTests.root + "/README.md", encoding: .utf8)

    /// The block of code after a mark.
    private func block(_ mark: String) throws -> String {
        let readme = try #require(Self.text)
        let rest = try #require(readme.components(separatedBy: "<!-- \(mark) -->\n").dropFirst().first)
        let parts = rest.components(separatedBy: "```")
        try #require(parts.count > 1)
        return String(parts[1].drop { $0 != "\n" }.dropFirst())
    }

    @Test("The scenario that it declares is the file that it names")
    func scenario() async throws {
        let file = "Scenarios/permission-change.yaml"
        let declared = try String(contentsOfFile: "\(CommandTests.root)/\(file)", encoding: .utf8)
        #expect(try block("example: scenario") == declared)
        #expect(try await command.run(["validate", file]).code == 0)
        let announced = declared.replacing("invalidation: acknowledged ", with: "invalidation: announced ")
        #expect(announced != declared)
        // It says that both words have to change.
        try await command.withFile(announced) { file in
            let outcome = try await command.run(["validate", file])
            #expect(outcome.code == 64, "\(outcome.output)")
        }
        // The file of the first sample is this one but for both words, its name and a comment.
        let sample = "Scenarios/permission-change-announced.yaml"
        let lines = try String(contentsOfFile: "\(CommandTests.root)/\(sample)", encoding: .utf8).split(separator: "\n")
        let changed = zip(lines, declared.split(separator: "\n")).filter { $0 != $1 }.map { String($0.0) }
        #expect(changed.count == 3, "\(changed)")
        #expect(changed[0] == "scenario: Permission change, announced")
        #expect(changed[1].hasPrefix("  invalidation: announced "))
        #expect(changed[2] == "checks: [fresh-after-invalidation, sessions, convergence]")
        #expect(try await command.run(["validate", sample]).code == 0)
        #expect(
            try block("sample: stale-fill").contains(
                "reproduce: coherence run '\(sample)' --seed 7 --defect stale-fill"))
    }

    @Test("The history that it shows is judged as it says")
    func history() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "readme-\(UUID().uuidString).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try block("example: history").write(toFile: file, atomically: true, encoding: .utf8)
        let outcome = try await command.run(["check", file])
        #expect(outcome.code == 1, "\(outcome.errors)")
        func plain(_ text: String) -> String {
            text.replacing(file, with: "history.jsonl").replacing(/[0-9.]+ s\b/, with: "TIME")
        }
        #expect(plain(outcome.output).contains(plain(try block("sample: check"))), "\(outcome.output)")
    }

    @Test("Every scenario that it names is there")
    func paths() throws {
        let readme = try #require(Self.text)
        let named = Set(readme.matches(of: /Scenarios\/[A-Za-z0-9\/*.-]+[A-Za-z0-9]/).map { String($0.output) })
        #expect(named.contains("Scenarios/permission-change.yaml"))
        for path in named where !path.contains("*") {
            #expect(FileManager.default.fileExists(atPath: "\(CommandTests.root)/\(path)"), "\(path)")
        }
    }
}

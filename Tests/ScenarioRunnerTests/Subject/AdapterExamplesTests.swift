import Foundation
import Judging
import Scenarios
import TestSupport
import Testing

@testable import ScenarioRunner

/// The adapters in `Adapters/`, each with the library that it is of. Without the library a test is left out here, and
/// `Scripts/deep/adapters` fails.
@Suite("The adapters that come with the package", .serialized)
struct AdapterExamplesTests {
    /// Runs a scenario of `Adapters/`.
    /// - Parameter python: in place of `python3`.
    private static func run(_ file: String, python: String? = nil, seed: UInt64 = 1) async throws -> ScenarioResult {
        var scenario = try ScenarioLoader().load("\(SubjectRunTests.root)/Adapters/\(file)")
        if let python {
            let command = try #require(scenario.subject?.command)
            scenario.subject?.command = command.replacing("python3", with: "PYTHONDONTWRITEBYTECODE=1 \(python)")
        }
        let results = try await LiveWorldTests.withRunner { [scenario] in await $0.run(scenario, seed: seed) }
        return try #require(results.first)
    }

    @Test(
        "The cache of the README is refuted, and its repaired form passes",
        .enabled(if: Programs.python(importing: "redis") != nil))
    func users() async throws {
        let python = try #require(Programs.python(importing: "redis"))
        let broken = try await Self.run("python/users/users.yaml", python: python)
        #expect(broken.verdict == .violation, LiveWorldTests.story(broken))
        #expect(broken.subject?.name == "UserCache")
        let repaired = try await Self.run("python/users/users-with-leases.yaml", python: python)
        #expect(repaired.verdict == .pass, LiveWorldTests.story(repaired))
        #expect(repaired.operations.total == 3_200)
    }

    @Test(
        "A function that is cached by cachetools keeps what a write has overtaken",
        .enabled(if: Programs.python(importing: "cachetools") != nil))
    func cachetools() async throws {
        let python = try #require(Programs.python(importing: "cachetools"))
        let result = try await Self.run("python/cachetools/cachetools.yaml", python: python)
        #expect(result.verdict == .violation, LiveWorldTests.story(result))
    }

    @Test("The sample cache in JavaScript passes", .enabled(if: Programs.path(of: "node") != nil))
    func node() async throws {
        let result = try await Self.run("node/sample/sample.yaml")
        #expect(result.verdict == .pass, LiveWorldTests.story(result))
        #expect(result.checks.count == 3)
    }

    @Test(
        "A cache-aside with go-cache keeps what a write has overtaken",
        .enabled(
            if: Programs.path(of: "go") != nil
                && FileManager.default.fileExists(atPath: "/usr/share/gocode/src/github.com/patrickmn/go-cache")))
    func goCache() async throws {
        let result = try await Self.run("go/go-cache/go-cache.yaml")
        #expect(result.verdict == .violation, LiveWorldTests.story(result))
    }

    @Test("What the README shows of the example is what is in its files")
    func readme() throws {
        let readme = try String(contentsOfFile: "\(SubjectRunTests.root)/README.md", encoding: .utf8)
        let parts = readme.components(separatedBy: "<!-- file: ").dropFirst()
        #expect(parts.count == 3)
        for part in parts {
            let lines = part.split(separator: "\n", omittingEmptySubsequences: false)
            let path = try #require(lines.first?.split(separator: " ").first)
            let shown = lines.dropFirst(2).prefix { !$0.hasPrefix("```") }.joined(separator: "\n") + "\n"
            let text = try String(contentsOfFile: "\(SubjectRunTests.root)/\(path)", encoding: .utf8)
            #expect(shown == text, "\(path)")
        }
    }
}

import Foundation
import Scenarios
import Testing

@testable import coherence

@Suite("The command explain")
struct ExplainCommandTests {
    private let command = CommandTests()

    @Test("Every check, metric and defect has words, and those of the checks are the README's")
    func words() throws {
        for word in Explain.words {
            let lines = try #require(Explain.ofWord(word), "\(word)")
            #expect(lines[0].count > word.count + 20, "\(lines)")
        }
        #expect(Explain.words.count > 60)
        let readme = try String(contentsOfFile: "\(CommandTests.root)/README.md", encoding: .utf8)
        let rows = readme.matches(of: /(?m)^\| `([a-z-]+)` \| (.+\?.*) \|$/).map { (String($0.1), String($0.2)) }
        #expect(rows.count >= 11)
        for (word, asks) in rows {
            let plain = asks.replacing(/\[([^\]]+)\]\([^)]+\)/) { $0.1 }
            #expect(CheckDeclaration.question(of: word) == plain, "\(word)")
        }
    }

    @Test("A scenario's file is told in words")
    func file() async throws {
        let outcome = try await command.run(["explain", "Scenarios/permission-change.yaml"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        for part in [
            "Permission change\n",
            "cluster: 3 instances on 2 hosts, 4 workers each, layers L1, L2, L3, redis; a write returns",
            "worlds: live, simulated\n", "data: permissions, 50 keys\n",
            "what must hold:\n  linearizable: could all reads",
            "how fast:\n  propagation p95: ",
        ] {
            #expect(outcome.output.contains(part), "\(part): \(outcome.output)")
        }
        let bridge = try await command.run(["explain", "Scenarios/Bridge/five-instances.yaml"])
        #expect(bridge.output.contains("bridge: "), "\(bridge.output)\(bridge.errors)")
        let metric = try await command.run(["explain", "propagation"])
        #expect(metric.output.contains("statistics: "), "\(metric.output)")
    }

    @Test(
        "What is unknown is a wrong call, with the nearest name",
        arguments: [
            ("sesions", "did you mean sessions?"), ("propagatoin", "did you mean propagation?"),
            ("/nowhere", "expected"),
        ])
    func unknown(_ word: String, _ expected: String) async throws {
        let outcome = try await command.run(["explain", word])
        #expect(outcome.code == 64)
        #expect(outcome.errors.contains(expected), "\(outcome.errors)")
    }
}

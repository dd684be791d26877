import Foundation
import Testing

/// `coherence explore --exhaustive`, called as a person or a script would.
@Suite("The command explores exhaustively")
struct ExhaustiveCommandTests {
    static let scope = "Scenarios/SmallScope/same-instance.yaml"

    @Test("A certificate says how many schedules there were, and of what scope")
    func certificate() async throws {
        let outcome = try await CommandTests().run(["explore", "--exhaustive", Self.scope])
        #expect(outcome.code == 0, "\(outcome.errors)")
        for part in [
            "schedules, 0 violations: every schedule of this scope was visited",
            "2 instances on 1 host, 2 workers each",
            "layers L2 redis", "race: worker 1 (instance 1): read permission:0, read permission:0", "faults: none",
            "one step:", "reduced:", "not explored:", "in one order only: building the cluster, phase inspect-4",
        ] { #expect(outcome.output.contains(part), "\(part) in\n\(outcome.output)") }
    }

    @Test("A budget that does not suffice is exit code 3")
    func budget() async throws {
        let outcome = try await CommandTests().run(["explore", "--exhaustive", Self.scope, "--schedules", "3"])
        #expect(outcome.code == 3)
        #expect(outcome.output.contains("not every schedule was visited: nothing is proven"), "\(outcome.output)")
    }

    @Test("A violation is told with its replay line, which finds it again")
    func violation() async throws {
        let outcome = try await CommandTests().run(
            ["explore", "--exhaustive", Self.scope, "--defect", "wrong-layer-order", "--format", "json"])
        #expect(outcome.code == 1, "\(outcome.errors)")
        let report = try #require(
            JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let exploration = try #require((report["explorations"] as? [[String: Any]])?.first)
        let certificate = try #require(exploration["certificate"] as? [String: Any])
        #expect(certificate["complete"] as? Bool == false)
        #expect(((certificate["scope"] as? [String: Any])?["layers"] as? [String]) == ["L2", "redis"])
        let failure = try #require(exploration["failure"] as? [String: Any])
        let again = try await CommandTests().run([
            "replay", Self.scope, "--defect", "wrong-layer-order", "--part", try #require(failure["part"] as? String),
            "--operations", try #require(failure["operations"] as? String),
            "--schedule", try #require(failure["schedule"] as? String),
        ])
        #expect(again.code == 1)
        #expect(again.output.contains("identical: this is the run that was found"), "\(again.output)")
    }

    @Test(
        "What means nothing here is a wrong call",
        arguments: [
            (["--seed", "3"], "found --seed with --exhaustive"), (["--all"], "found --all"),
            (["--operations", "2"], "found --operations"),
        ])
    func wrongCall(options: [String], message: String) async throws {
        let outcome = try await CommandTests().run(["explore", "--exhaustive", Self.scope] + options)
        #expect(outcome.code == 64)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }

    @Test("A scenario without a script is a wrong call")
    func noScript() async throws {
        let outcome = try await CommandTests().run([
            "explore", "--exhaustive", "Scenarios/InvalidationChain/cascade.yaml",
        ])
        #expect(outcome.code == 64)
        #expect(outcome.errors.contains("found no phase script"), "\(outcome.errors)")
    }
}

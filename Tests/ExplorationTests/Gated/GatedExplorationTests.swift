import Checking
import Foundation
import GatedWorld
import Judging
import ScenarioRunner
import Scenarios
import Simulation
import TestSupport
import Testing

@testable import Exploration

@Suite("Exploring real processes", .serialized, .enabled(if: Programs.path(of: "python3") != nil))
struct GatedExplorationTests {
    @Test("A correct cache is visited to the end of the bound", arguments: ["asyncio", "threads"])
    func certificate(style: String) async throws {
        let explored = try await GatedCaches.explore(GatedCaches.scenario(style)) { $0.bound = 1 }
        #expect(explored.verdict == .pass)
        #expect(explored.failures.isEmpty)
        let gated = try #require(explored.gated)
        #expect(gated.isProof == true)
        #expect(gated.subject?.name == "a cache with leases")
        #expect(gated.programTexts.count == 4)
        // The same for both: what one style says at a gate the other does.
        #expect(explored.progress.distinct == 46)
        #expect(explored.progress.schedules < 2 * explored.progress.distinct)
        #expect(gated.void == 0)
        #expect(explored.examined.allSatisfy { $0.schedules >= 46 && $0.operations > 46 }, "\(explored.examined)")
    }

    @Test("Orders that are told and not run are those that a run would have given")
    func toldOrders() async throws {
        func visit(tellsKnown: Bool) async throws -> (schedules: Int, distinct: Int) {
            try await GatedCaches.searching(GatedCaches.scenario()) { search in
                let isWhole = try search.visitAll(bound: 2, tellsKnown: tellsKnown)
                #expect(isWhole)
                return (search.progress.schedules, search.progress.distinct)
            }
        }
        let all = try await visit(tellsKnown: false)
        let told = try await visit(tellsKnown: true)
        #expect(told.distinct == all.distinct)
        #expect(told.schedules < all.schedules)
        #expect(told.schedules < 2 * told.distinct)
    }

    @Test(
        "A cache with a bug is refuted by two operations, and every replay repeats it",
        arguments: ["naive", "split", "early"], ["asyncio", "threads"])
    func bugs(bug: String, style: String) async throws {
        let explored = try await GatedCaches.explore(GatedCaches.scenario(style, bug: bug)) { $0.schedules = 200 }
        #expect(explored.verdict == .violation)
        let failure = try #require(explored.failures.first)
        #expect(failure.kind.check == "fresh-after-invalidation")
        #expect(failure.operations == 2)
        #expect(failure.steps.count <= 20)
        #expect(failure.repeated.map { $0.count == $0.of } == true, "\(String(describing: failure.repeated))")
        let story = "\(try #require(failure.story))"
        #expect(story.contains("\u{2192} Redis: GET \"rows:0\""), "\(story)")
        #expect(story.contains("all is quiet"), "\(story)")
        let replay = try GatedReplay(
            GatedCaches.scenario(style, bug: bug), part: "\(failure.part)", operations: failure.plan,
            steps: failure.steps)
        let outcome = try await replay.run(times: 10)
        #expect(outcome.repeated == 10)
        #expect(outcome.replay.reason == failure.reason)
    }

    @Test("The replay of a failure on the repaired cache says that nothing is wrong")
    func repaired() async throws {
        let explored = try await GatedCaches.explore(GatedCaches.scenario(bug: "naive"))
        let failure = try #require(explored.failures.first)
        let replay = try GatedReplay(
            GatedCaches.scenario(), part: "", operations: failure.plan, steps: failure.steps)
        let outcome = try await replay.run(times: 2)
        #expect(outcome.replay.reason == nil)
        #expect(outcome.repeated == 0)
    }

    @Test("A large failing program in a random order is shrunk to two operations")
    func shrinking() async throws {
        let failure = try await GatedCaches.searching(GatedCaches.scenario(bug: "naive")) { search in
            var found: JudgedRun?
            for seed in 1...50 as ClosedRange<UInt64> where found == nil {
                let plan = GatedPrograms(search.scenario).drawnForTests(operations: 8, seed: seed)
                var chooser = UniformChoice(random: .init(seed: seed))
                let judged = try search.run(plan, &chooser)
                #expect(judged.plan.count == 8)
                if judged.isFailure { found = judged }
            }
            var shrinking = GatedShrinking(try #require(found), in: search)
            try shrinking.shrink()
            return (shrinking.best.plan.count, shrinking.best.run.steps.count, try shrinking.repeated(of: 5))
        }
        // Blocks are joined greedily, which may end one operation above the least.
        #expect(failure.0 <= 3)
        #expect(failure.1 <= 24)
        #expect(failure.2 == 5)
    }

    @Test("A lock that is over too soon is found: time passes when the search says so")
    func lockIsOver() async throws {
        let explored = try await GatedCaches.explore(GatedCaches.scenario(bug: "lock")) { $0.schedules = 400 }
        let failure = try #require(explored.failures.first)
        let story = "\(try #require(failure.story))"
        #expect(failure.operations == 2)
        #expect(story.contains("passes: 5 s. Now a key of Redis is too old"), "\(story)")
        #expect(failure.repeated.map { $0.count == $0.of } == true)
    }

    @Test(
        "Sleeps are messages: a cache that polls is explored, and nothing moves by itself",
        arguments: ["asyncio", "threads"])
    func sleeps(style: String) async throws {
        let explored = try await GatedCaches.explore(GatedCaches.scenario(style, bug: "polls")) { $0.bound = 1 }
        #expect(explored.verdict == .pass)
        #expect(explored.gated?.void == 0)
        #expect(explored.gated?.passingGates == [])
    }

    @Test("A script is explored as it is written")
    func script() async throws {
        let phases = """
            phases:
              - script: { workers: [[read rows:0], [], [write rows:0]] }
            """
        let broken = try await GatedCaches.explore(GatedCaches.scenario(bug: "naive", phases: phases))
        #expect(broken.failures.first?.plan == "0.0 r rows:0; 0.2 w rows:0")
        let correct = try await GatedCaches.explore(GatedCaches.scenario(phases: phases)) { $0.bound = 2 }
        #expect(correct.verdict == .pass)
        #expect(correct.gated?.programTexts == ["0.0 r rows:0; 0.2 w rows:0"])
    }
}

extension GatedPrograms {
    /// A program of exactly so many operations on one key.
    func drawnForTests(operations: Int, seed: UInt64) -> WorkloadPlan {
        var random = SeededRandom(seed: seed)
        return drawn(operations - 3, &random)
    }
}

import CoherenceTesting
import Foundation
import Support
import Testing

@Suite("A Swift cache in a live run", .serialized)
struct LiveRunTests {
    @Test(
        "A cache that keeps nothing passes, with declared checks, with promised ones, and with deletions",
        arguments: ["traffic", "promised", "deletions"])
    func passes(name: String) async throws {
        try await ScenarioFile("Scenarios/\(name).yaml").run(on: NoCache.init)
    }

    @Test("Instances that share a bus in memory pass, and their layers agree")
    func shares() async throws {
        try await ScenarioFile("Scenarios/converging.yaml").run(on: TellingCache.init)
    }

    @Test("A stale entry is an error at the line of each check, with the operations that prove it and the call again")
    func violation() async throws {
        let scenario = ScenarioFile("Scenarios/traffic.yaml")
        let issues = try await CollectedIssue.all { try await scenario.run(on: StubbornCache.init, seed: 5) }
        #expect(issues.map(\.line) == [8, 9])
        let issue = try #require(issues.first)
        #expect(issue.isError && issue.file == "traffic.yaml")
        #expect(issue.comment.hasPrefix("violation of fresh-after-invalidation: After an acknowledged write"))
        #expect(issue.comment.contains("read \"users:"))
        #expect(issue.comment.contains("StubbornCache, live, seed 5"))
        #expect(issue.comment.contains("COHERENCE_SEED=5 swift test --filter violation"))
    }

    @Test("An instance that crashed begins anew, and what was left of it reaches the origin no more")
    func crash() async throws {
        let counter = Counter()
        let make: @Sendable (CacheSurroundings) -> NoCache = { surroundings in
            counter.add(surroundings.instance)
            return NoCache(surroundings)
        }
        try await ScenarioFile("Scenarios/crash.yaml").run(on: make)
        #expect(counter.all.sorted() == [0, 1, 1])
    }

    @Test("A target that is missed is a warning in a debug build, at its line")
    func missed() async throws {
        let scenario = ScenarioFile("Scenarios/fast.yaml")
        let issues = try await CollectedIssue.all { try await scenario.run(on: NoCache.init) }
        #expect(issues.map(\.line) == [10])
        #expect(issues.first?.comment.hasPrefix("missed: light < 1 ns, measured ") == true)
        #if DEBUG
            #expect(issues.first?.isError == false)
        #endif
    }

    @Test("What the cache does not offer is told before anything is run")
    func unfit() async throws {
        let scenario = ScenarioFile("Scenarios/deletions.yaml")
        let issues = try await CollectedIssue.all { try await scenario.run(on: StubbornCache.init) }
        #expect(issues.count == 1)
        #expect(issues.first?.comment.hasPrefix("unknown: the subject StubbornCache offers no delete") == true)
        #expect(issues.first?.comment.contains("name it in the profile") == true)
    }

    @Test("An operation that the profile names and the cache does not have is an error that says so")
    func unsupported() async throws {
        let scenario = ScenarioFile("Scenarios/deletions.yaml")
        let issues = try await CollectedIssue.all {
            try await scenario.run(on: { surroundings in
                var cache = ScriptedCache(surroundings: surroundings, onRead: ScriptedCache.honest)
                cache.profile.operations = [.write, .delete]
                return cache
            })
        }
        let reason = "the profile names delete, and the cache does not implement it"
        #expect(issues.contains { $0.comment.contains(reason) })
    }

    @Test("A value that no write gave is a violation, and one under another key is")
    func invented() async throws {
        let scenario = ScenarioFile("Scenarios/traffic.yaml")
        let invented = try await CollectedIssue.all {
            try await scenario.run(on: ScriptedCache.reading { _, _ in .found(SubjectValue("an invention")) })
        }
        #expect(invented.contains { $0.comment.contains("a value that no write gave it: \"an invention\"") })
        let confused = try await CollectedIssue.all {
            try await scenario.run(
                on: ScriptedCache.reading { surroundings, _ in
                    SubjectRead(try await surroundings.origin.load("users:0"))
                })
        }
        #expect(confused.contains { $0.comment.contains("the value of another key, users:0") })
    }

    @Test("Reads that throw are failed reads, and misses are not judged: nothing was examined")
    func throwing() async throws {
        struct Broken: Error {}
        let scenario = ScenarioFile("Scenarios/traffic.yaml")
        let issues = try await CollectedIssue.all {
            try await scenario.run(on: ScriptedCache.reading { _, _ in throw Broken() })
        }
        #expect(issues.contains { $0.comment.hasPrefix("fresh-after-invalidation is unknown") && $0.line == 8 })
        let misses = try await CollectedIssue.all {
            try await scenario.run(on: ScriptedCache.reading { _, _ in .miss })
        }
        #expect(misses.contains { $0.comment.hasPrefix("fresh-after-invalidation is unknown") && $0.line == 8 })
    }

    @Test("A cache that cannot be started is unknown, with what it threw")
    func startFails() async throws {
        struct NoLicence: Error {}
        let scenario = ScenarioFile("Scenarios/traffic.yaml")
        let issues = try await CollectedIssue.all {
            try await scenario.run(on: { (_: CacheSurroundings) throws -> NoCache in throw NoLicence() })
        }
        #expect(issues.count == 1)
        #expect(issues.first?.comment.contains("could not be started: NoLicence()") == true)
    }

    @Test("The surroundings say who is asked, and have a Redis, a folder and the worker")
    func surroundings() async throws {
        let seen = Counter()
        try await ScenarioFile("Scenarios/traffic.yaml").run(
            on: ScriptedCache.reading { surroundings, key in
                let isRight =
                    surroundings.redisURL?.hasPrefix("redis://") == true && !surroundings.isSimulated
                    && FileManager.default.fileExists(atPath: surroundings.directory ?? "")
                    && surroundings.instances == 2 && surroundings.workers == 3 && surroundings.namespace.hasSuffix(":")
                if isRight, let worker = CacheSurroundings.worker { seen.add(surroundings.instance * 3 + worker) }
                return try await ScriptedCache.honest(surroundings, key)
            })
        #expect(Set(seen.all) == Set(0..<6))
    }
}

/// Numbers from any task.
final class Counter: Sendable {
    private let numbers = Lock<[Int]>([])

    var all: [Int] { numbers.withLock { $0 } }
    func add(_ number: Int) { numbers.withLock { $0.append(number) } }
}

import CoherenceTesting
import Support
import Testing

@Suite("A Swift cache in a simulation")
struct SimulatedRunTests {
    /// Drops the entry at a write. A reader that has loaded before puts it back.
    actor HastyCache: CacheSubject {
        let profile = SubjectProfile("HastyCache", promises: .acknowledged)
        private let origin: SystemOfRecord
        private var entries: [String: SubjectValue] = [:]

        init(_ surroundings: CacheSurroundings) { origin = surroundings.origin }

        func read(_ key: String) async throws -> SubjectRead {
            if let value = entries[key] { return .found(value) }
            let value = try await origin.load(key)
            entries[key] = value
            return SubjectRead(value)
        }

        func write(_ key: String, _ value: SubjectValue) async throws {
            try await origin.commit(key, value)
            entries[key] = nil
        }
    }

    @Test("A run passes in virtual time", arguments: ["traffic", "promised", "converging"])
    func passes(name: String) async throws {
        try await ScenarioFile("Scenarios/\(name).yaml").run(on: TellingCache.init, in: .simulated)
    }

    @Test("Instances with a bus pass in any order", arguments: ["traffic", "promised", "converging"])
    func explores(name: String) async throws {
        let scenario = ScenarioFile("Scenarios/\(name).yaml")
        let found = try await scenario.explore(on: TellingCache.init, schedules: 60, operations: 6)
        #expect(found.isEmpty)
    }

    @Test("A stale fill is found, told step by step, the same again from the seed, and replayed")
    func finds() async throws {
        let scenario = ScenarioFile("Scenarios/race.yaml")
        var found: [[FoundSchedule]] = []
        let issues = try await CollectedIssue.all {
            for _ in 1...2 {
                found.append(try await scenario.explore(on: HastyCache.init, schedules: 500, seed: 3, operations: 6))
            }
        }
        let schedule = try #require(found.first?.first)
        #expect(found.count == 2 && found[0] == found[1])
        let issue = try #require(issues.first)
        #expect(issue.line == 8 && issue.isError)
        #expect(issue.comment.contains("step by step:"))
        #expect(issue.comment.contains("loads version 1 from the origin"))
        #expect(issue.comment.contains("COHERENCE_SEED=3 swift test --filter finds"))
        #expect(issue.comment.contains("FoundSchedule("))
        let replayed = try await CollectedIssue.all { try await scenario.replay(schedule, on: HastyCache.init) }
        #expect(replayed.count == 1)
        #expect(replayed.first?.comment.hasPrefix("violation of fresh-after-invalidation") == true)
        #expect(replayed.first?.line == 8)
    }

    @Test("The same seed is the same run")
    func repeats() async throws {
        func reads(seed: UInt64) async throws -> [Int] {
            let counter = Counter()
            try await ScenarioFile("Scenarios/race.yaml").run(
                on: ScriptedCache.reading { surroundings, key in
                    counter.add((CacheSurroundings.worker ?? -1) * 1_000 + (key.utf8.last.map(Int.init) ?? 0))
                    return try await ScriptedCache.honest(surroundings, key)
                }, in: .simulated, seed: seed)
            return counter.all
        }
        let first = try await reads(seed: 1)
        #expect(!first.isEmpty)
        #expect(try await reads(seed: 1) == first)
        #expect(try await reads(seed: 2) != first)
    }

    @Test("Virtual time passes at once, and a real sleep is told")
    func time() async throws {
        let scenario = ScenarioFile("Scenarios/race.yaml")
        let start = ContinuousClock.now
        try await scenario.run(
            on: ScriptedCache.reading { surroundings, key in
                try await surroundings.clock.sleep(for: .seconds(100))
                return try await ScriptedCache.honest(surroundings, key)
            }, in: .simulated)
        #expect(ContinuousClock.now - start < .seconds(90))
        let issues = try await CollectedIssue.all {
            try await scenario.run(
                on: ScriptedCache.reading { surroundings, key in
                    try await Task.sleep(for: .milliseconds(1))
                    return try await ScriptedCache.honest(surroundings, key)
                }, in: .simulated)
        }
        #expect(issues.contains { $0.comment.contains("which is not the simulation's clock") })
    }

    @Test("Nobody waits for ever: a deadlock is told")
    func deadlock() async throws {
        let scenario = ScenarioFile("Scenarios/race.yaml")
        let issues = try await CollectedIssue.all {
            try await scenario.explore(
                on: ScriptedCache.reading { _, _ in
                    let (numbers, source) = AsyncStream<Int>.makeStream()
                    for await _ in numbers {}
                    withExtendedLifetime(source) {}
                    return .nothing
                }, schedules: 3)
        }
        #expect(issues.contains { $0.comment.contains("deadlock") || $0.comment.contains("waits") })
    }

    @Test("A value that no write gave is found, too")
    func invented() async throws {
        let scenario = ScenarioFile("Scenarios/race.yaml")
        let issues = try await CollectedIssue.all {
            try await scenario.explore(
                on: ScriptedCache.reading { _, _ in .found(SubjectValue("an invention")) }, schedules: 3)
        }
        #expect(issues.contains { $0.comment.contains("a value that no write gave it: \"an invention\"") })
    }

    @Test("An instance crashes in a simulation, in any order, and another takes its place")
    func crash() async throws {
        let scenario = ScenarioFile("Scenarios/crash.yaml")
        let starts = Counter()
        let make: @Sendable (CacheSurroundings) -> NoCache = { surroundings in
            starts.add(surroundings.instance)
            return NoCache(surroundings)
        }
        try await scenario.run(on: make, in: .simulated)
        #expect(starts.all.sorted() == [0, 1, 1])
        try await scenario.explore(on: NoCache.init, schedules: 60)
    }

    @Test("An origin that holds back what was loaded while writes pass brings about a stale fill")
    func held() async throws {
        let scenario = ScenarioFile("Scenarios/held.yaml")
        try await scenario.explore(on: NoCache.init, schedules: 30)
        let issues = try await CollectedIssue.all { try await scenario.explore(on: HastyCache.init, schedules: 200) }
        #expect(issues.first?.comment.hasPrefix("violation of fresh-after-invalidation") == true)
    }

    @Test("A scenario with faults of Redis is refused with the reason, whatever asks for it")
    func refused() async throws {
        let scenario = ScenarioFile("Scenarios/partition.yaml")
        for issues in [
            try await CollectedIssue.all { try await scenario.run(on: NoCache.init, in: .simulated) },
            try await CollectedIssue.all { try await scenario.explore(on: NoCache.init, schedules: 10) },
        ] {
            #expect(issues.count == 1)
            let reason = "a simulation has no Redis that this could befall (partition of instance 1)"
            #expect(issues.first?.comment.contains(reason) == true)
        }
    }
}

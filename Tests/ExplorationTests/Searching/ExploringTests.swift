import CacheHierarchy
import History
import Judging
import Scenarios
import Simulation
import TestSupport
import Testing

@testable import Exploration
@testable import ScenarioRunner

@Suite("Exploring the schedules of a scenario", .computing)
struct ExploringTests {
    static func scenario(
        _ invalidation: InvalidationMode = .announced, instances: Int = 2, workers: Int = 1,
        checks: [CheckDeclaration]
    ) -> ScenarioVariant {
        let scenario = Scenario(
            name: "small", file: "small.yaml",
            cluster: Cluster(
                instances: instances, hosts: 1, workers: workers, invalidation: invalidation,
                layers: [LayerDeclaration(.l1), LayerDeclaration(.l2), LayerDeclaration(.redis)]),
            data: [DataSet(name: "k", keys: 2, valueSize: 10, tags: ["t"])],
            phases: [
                Phase(
                    name: "mix",
                    action: .mix(Mix(data: ["k"], operationsPerWorker: 8, shares: Mix.Shares(read: 0.6, write: 0.4)))),
                Phase(name: "inspect", action: .inspect),
            ],
            checks: checks)
        return ScenarioVariant(label: "", scenario: scenario)
    }

    static func configuration(
        _ defects: Set<Defect> = [], schedules: Int = 400, seed: UInt64 = 1, threads: Int = 2
    ) -> ScenarioExplorer.Configuration {
        var configuration = ScenarioExplorer.Configuration(threads: threads)
        configuration.schedules = schedules
        configuration.defects = defects
        configuration.seed = seed
        return configuration
    }

    @Test("A cache without its lease is refuted, and the texts that are printed replay the very run")
    func staleFill() throws {
        let variant = Self.scenario(checks: [.freshAfterInvalidation(), .sessions])
        let exploration = try ScenarioExplorer(Self.configuration([.staleFill])).explore(variant)
        let failure = try #require(exploration.failures.first)
        // A read that loads, a write meanwhile, and a read that is given what the first one kept.
        #expect(failure.operations <= 3, "\(failure.plan)")
        #expect(failure.preemptions <= failure.preemptionsWhenFound)
        #expect(failure.reason.contains("older version"), "\(failure.reason)")
        #expect("\(failure.part)" != "\(ScenarioPart(variant.scenario))")
        let replay = try ScenarioReplay(
            variant.scenario, part: "\(failure.part)", operations: failure.plan, schedule: "\(failure.schedule)",
            defects: [.staleFill])
        for _ in 0..<2 {
            let outcome = try replay.run()
            #expect(outcome.isIdentical)
            #expect(outcome.story == failure.story)
            #expect(outcome.reason == failure.reason)
        }
        // With the lease, the same schedule is harmless.
        let mended = try ScenarioReplay(
            variant.scenario, part: "\(failure.part)", operations: failure.plan, schedule: "\(failure.schedule)",
            defects: []
        ).run()
        #expect(mended.reason == nil)
    }

    @Test(
        "A failure is shrunk to two operations and at most six switches, whatever the seed",
        arguments: 1...4 as ClosedRange<UInt64>)
    func isShrunk(seed: UInt64) throws {
        let variant = Self.scenario(instances: 3, workers: 3, checks: [.freshAfterInvalidation(), .convergence])
        let exploration = try ScenarioExplorer(Self.configuration([.staleFill], seed: seed)).explore(variant)
        let failure = try #require(exploration.failures.first)
        #expect(failure.operations == 2, "\(failure.plan)")
        #expect(failure.switches <= 6, "\(failure.story.map { "\($0)" } ?? "no story")")
        #expect(failure.preemptions <= 3)
        #expect("\(failure.part)".contains("workers=2") || "\(failure.part)".contains("workers=1"), "\(failure.part)")
    }

    @Test("The correct cache is not", arguments: [InvalidationMode.acknowledged, .announced])
    func correct(invalidation: InvalidationMode) throws {
        let checks: [CheckDeclaration] =
            [.freshAfterInvalidation(), .sessions] + (invalidation == .acknowledged ? [.linearizable()] : [])
        let exploration = try ScenarioExplorer(Self.configuration(schedules: 200))
            .explore(Self.scenario(invalidation, checks: checks))
        #expect(exploration.failures.isEmpty, "\(exploration.failures.first?.reason ?? "")")
        #expect(exploration.progress.schedules == 200)
        #expect(exploration.progress.distinct > 190)
        #expect(exploration.progress.isDistinctExact)
        #expect(exploration.digest != nil)
    }

    @Test("What is run and found is the same on any number of threads", arguments: [true, false])
    func threads(findsAll: Bool) throws {
        let variant = Self.scenario(checks: [.freshAfterInvalidation(), .convergence])
        let explorations = try [1, 2, 5].map { threads in
            var configuration = Self.configuration([.staleFill], schedules: 60, seed: 3, threads: threads)
            configuration.findsAll = findsAll
            return try ScenarioExplorer(configuration).explore(variant)
        }
        for exploration in explorations {
            #expect(exploration.failures.map(\.number) == explorations[0].failures.map(\.number))
            #expect(exploration.failures.map(\.schedule) == explorations[0].failures.map(\.schedule))
            #expect(exploration.digest == explorations[0].digest)
        }
        #expect((explorations[0].digest != nil) == findsAll)
        #expect(!explorations[0].failures.isEmpty)
    }

    @Test("The digest tells runs of another seed, another number and another cache apart")
    func digests() throws {
        func digest(_ configuration: ScenarioExplorer.Configuration) throws -> UInt64 {
            var configuration = configuration
            configuration.findsAll = true
            return try #require(
                try ScenarioExplorer(configuration).explore(Self.scenario(checks: [.sessions])).digest)
        }
        let digests = [
            try digest(Self.configuration(schedules: 20)), try digest(Self.configuration(schedules: 20, seed: 2)),
            try digest(Self.configuration(schedules: 21)), try digest(Self.configuration([.staleFill], schedules: 20)),
        ]
        #expect(Set(digests).count == digests.count)
    }

    @Test("All distinct failures: of each check one at least, none twice, the shortest first")
    func all() throws {
        var configuration = Self.configuration([.staleFill], schedules: 150)
        configuration.findsAll = true
        let exploration = try ScenarioExplorer(configuration)
            .explore(Self.scenario(instances: 1, workers: 2, checks: [.freshAfterInvalidation(), .convergence]))
        let failures = exploration.failures
        #expect(exploration.progress.schedules == 150)
        #expect(exploration.progress.found > failures.count)
        #expect(Set(failures.map(\.kind.check)) == ["fresh-after-invalidation", "convergence"])
        #expect(Set(failures.map(\.shape)).count == failures.count)
        #expect(failures.map(\.operations) == failures.map(\.operations).sorted())
        for failure in failures {
            #expect(failure.reason.hasPrefix(failure.kind.check))
            #expect(failure.seen >= 1)
        }
    }

    @Test("A search that is stopped says what it has found until then")
    func stops() throws {
        var configuration = Self.configuration(schedules: .max / 2)
        let asked = Counter()
        configuration.isStopped = { asked.next() > 25 }
        let exploration = try ScenarioExplorer(configuration).explore(Self.scenario(checks: [.sessions]))
        #expect((1...25).contains(exploration.progress.schedules))
        #expect(exploration.digest == nil)
    }

    @Test("Time that is up ends the search, however many schedules are left", .timeLimit(.minutes(30)))
    func timeIsUp() throws {
        var configuration = Self.configuration(schedules: .max / 2)
        configuration.duration = .milliseconds(50)
        let exploration = try ScenarioExplorer(configuration).explore(Self.scenario(checks: [.sessions]))
        #expect(exploration.progress.schedules > 0)
        #expect(exploration.digest == nil)
    }
}

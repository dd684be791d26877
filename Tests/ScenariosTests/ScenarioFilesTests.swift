import Foundation
import History
import Testing

@testable import Scenarios

/// The top folder of the package.
let packageFolder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

@Suite("The scenario files of the package")
struct ScenarioFilesTests {
    static let files =
        (try? ScenarioLoader().scenarioFiles(under: packageFolder + "/Scenarios/InvalidationChain")) ?? []

    static func load(_ name: String) throws -> Scenario {
        try ScenarioLoader().load("\(packageFolder)/Scenarios/InvalidationChain/\(name).yaml")
    }

    @Test("The invalidation chain has its seven files, in the order of their names")
    func fileNames() {
        let names = Self.files.map { URL(fileURLWithPath: $0).deletingPathExtension().lastPathComponent }
        #expect(
            names == [
                "cascade", "layer-consistency", "race-prevention-acknowledged", "race-prevention-announced",
                "staggered-ttl", "tags", "warming",
            ])
    }

    @Test("Every scenario of the package loads and judges something", arguments: files)
    func fileLoads(path: String) throws {
        let scenario = try ScenarioLoader().load(path)
        #expect(!scenario.targets.isEmpty)
        #expect(!scenario.checks.isEmpty)
        #expect(scenario.targets.allSatisfy { $0.name != nil })
    }

    @Test("The race has twenty workers with 500 operations each")
    func race() throws {
        let scenario = try Self.load("race-prevention-acknowledged")
        #expect(scenario.cluster.totalWorkers == 20)
        guard case .mix(let mix) = scenario.phases[1].action else {
            Issue.record("the second phase is not a mix")
            return
        }
        #expect(mix.operationsPerWorker == 500)
        #expect(mix.distribution == .zipf(skew: 1.2))
        #expect(
            mix.shares == Mix.Shares(read: 0.7, write: 0.14, delete: 0.04, invalidate: 0.1, invalidateTag: 0.02))
        #expect(
            scenario.checks == [
                .linearizable(), .freshAfterInvalidation(), .sessions, .convergence,
                .resources(
                    atMost: ["connections": 200, "memory": 1_000_000_000], inTheEnd: ["redis-keys": 1000]),
            ])
        #expect(scenario.targets.last?.where == ["phase": "race"])
    }

    @Test("Every combination of four layers gives fifteen variants, each with its label")
    func everyCombination() throws {
        let variants = try Self.load("layer-consistency").variants()
        #expect(variants.count == 15)
        #expect(variants.first?.label == "layers=L1")
        #expect(variants[4].scenario.name == "Layer consistency [layers=L1+L2]")
        #expect(variants.last?.label == "layers=L1+L2+L3+redis")
        #expect(Set(variants.map { $0.scenario.cluster.layers.map(\.layer) }).count == 15)
        #expect(variants.allSatisfy { $0.scenario.variation == Variation() })
    }

    @Test("Warming varies the keys of its data set")
    func warming() throws {
        let variants = try Self.load("warming").variants()
        #expect(variants.map(\.label) == ["keys=50", "keys=200", "keys=500"])
        #expect(variants.map { $0.scenario.data[0].keys } == [50, 200, 500])
    }

    @Test("The waits of the staggered scenario last less than two seconds in the live world")
    func waits() throws {
        let scenario = try Self.load("staggered-ttl")
        let waits = scenario.phases.compactMap { phase -> Duration? in
            if case .wait(let time) = phase.action { return scenario.cluster.actual(time, in: .live) }
            return nil
        }
        #expect(waits.reduce(.zero, +) < .seconds(2))
        #expect(scenario.cluster.actual(.seconds(60), in: .simulated) == .seconds(60))
        #expect(scenario.cluster.actual(.seconds(60), in: .live) == .milliseconds(30))
    }

    @Test("Rows of a table keep their names and their own positions")
    func rows() throws {
        let target = try #require(try Self.load("cascade").targets.first)
        #expect(target.name == "propagation")
        #expect(target.position.file.hasSuffix("Fixtures/Targets/invalidation-chain.yaml"))
        #expect(target.bound == Target.Bound(.less, .absolute(Quantity(100_000_000, .nanoseconds))))
        #expect(target.warning == Target.Bound(.less, .absolute(Quantity(50_000_000, .nanoseconds))))
    }

    @Test("A limit may be relative to a measurement of the same run")
    func relativeLimit() throws {
        let target = try #require(try Self.load("cascade").targets.last)
        #expect(target.limit == .relative(factor: 100, metric: "redis.round-trip", statistic: .p50))
        #expect(target.comparison == .lessOrEqual)
    }
}

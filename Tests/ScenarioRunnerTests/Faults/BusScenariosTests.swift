import CacheHierarchy
import Foundation
import Judging
import Scenarios
import Simulation
import TestSupport
import Testing

@testable import ScenarioRunner

/// The files in Scenarios/Bus: a new file is a new test.
@Suite("Scenarios whose announcements travel over a stream", .serialized, .computing)
struct BusScenariosTests {
    static let folder = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/Scenarios/Bus/"

    /// Their names, without the ending.
    static let names: [String] = {
        let files = (try? ScenarioLoader().scenarioFiles(under: folder)) ?? []
        return files.map { URL(filePath: $0).deletingPathExtension().lastPathComponent }
    }()

    static func load(_ name: String) throws -> Scenario { try ScenarioLoader().load(folder + name + ".yaml") }

    @Test(
        "The correct cache passes in the simulated world, and what each instance was brought is counted",
        arguments: names)
    func simulated(name: String) throws {
        for seed in 1...5 as ClosedRange<UInt64> {
            let scenario = try Self.load(name)
            let result = SimulatedRun(scenario: scenario, defects: []).result(seed: seed)
            #expect(result.verdict == .pass, LiveWorldTests.story(result))
            #expect(result.faults.allSatisfy { $0.tookEffect && $0.end != nil })
            #expect(result.bus.count == scenario.cluster.instances)
            #expect(result.bus.values.allSatisfy { $0.published > 0 && $0.received > 0 && $0.ownFiltered > 0 })
        }
    }

    @Test(
        "The correct cache passes in the live world, and every fault takes effect",
        arguments: names.filter { $0 != "processes" })
    func live(name: String) async throws {
        let scenario = try Self.load(name)
        try await LiveWorldTests.withRunner(worlds: [.live]) { runner in
            for result in await runner.run(scenario, seed: 1) {
                #expect(result.verdict == .pass, LiveWorldTests.story(result))
                #expect(result.faults.allSatisfy { $0.tookEffect && $0.end != nil })
                #expect(result.bus.values.allSatisfy { $0.received > 0 })
            }
        }
    }

    @Test(
        "Nothing is lost across a disconnection: everybody has every announcement, and drops nothing for it",
        arguments: ["disconnection-acknowledged", "disconnection-announced", "subscribers-killed"])
    func nothingLost(name: String) throws {
        let result = SimulatedRun(scenario: try Self.load(name), defects: []).result(seed: 7)
        #expect(result.declarations.contains(.delivery(inOneOrder: true, subscribers: [0, 1, 2])))
        #expect(result.bus.values.allSatisfy { $0.caughtUp > 0 && $0.distrusted == 0 && $0.lost == 0 })
        // The same over a channel is a loss that is known.
        var channel = try Self.load(name)
        channel.cluster.bus = .pubSub
        let lossy = SimulatedRun(scenario: channel, defects: []).result(seed: 7)
        #expect(lossy.verdict == .pass)
        #expect(lossy.declarations.contains(.delivery(inOneOrder: true)))
        #expect(lossy.bus.values.allSatisfy { $0.caughtUp == 0 && $0.distrusted > 0 })
    }

    @Test(
        "What a stream no longer has is known to be lost, and costs what was kept",
        arguments: ["trimmed", "redis-crash-announced", "failover"])
    func loss(name: String) throws {
        let result = SimulatedRun(scenario: try Self.load(name), defects: []).result(seed: 1)
        #expect(result.bus.values.contains { $0.distrusted > 0 })
    }

    @Test(
        "A cache that reads on from the end of the stream is caught, and is not wrong where nobody was away",
        arguments: [
            ("disconnection-acknowledged", "delivery"), ("disconnection-announced", "delivery"),
            ("subscribers-killed", "delivery"), ("disconnection-acknowledged", "fresh-after-invalidation"),
            ("disconnection-announced", "convergence"),
        ])
    func forgottenPosition(name: String, check: String) throws {
        // With fewer operations, so that not every key is written once more after what was missed.
        var scenario = try Self.load(name).withMixes(of: 20)
        scenario.checks.removeAll { $0.word != check }
        let run = SimulatedRun(scenario: scenario, defects: [.forgottenPosition])
        let caught = (1...100 as ClosedRange<UInt64>).first { seed in
            run.result(seed: seed, strategy: .priorities(depth: 3)).verdict == .violation
        }
        let seed = try #require(caught)
        scenario.faults = []
        let result = SimulatedRun(scenario: scenario, defects: [.forgottenPosition])
            .result(seed: seed, strategy: .priorities(depth: 3))
        #expect(result.verdict == .pass, LiveWorldTests.story(result))
    }

    @Test("Who is still to apply something when a run ends is not said to have missed it")
    func unfinished() throws {
        var scenario = try Self.load("race-announced").withMixes(of: 20)
        scenario.checks.removeAll { $0.word != "delivery" }
        scenario.phases.removeAll { $0.name != "race" }
        for seed in 1...20 as ClosedRange<UInt64> {
            let result = SimulatedRun(scenario: scenario, defects: []).result(seed: seed)
            #expect(result.verdict == .pass, LiveWorldTests.story(result))
        }
    }
}

import CacheHierarchy
import Foundation
import History
import Judging
import Scenarios
import Simulation
import TestSupport
import Testing

@testable import ScenarioRunner

/// The files in Scenarios/Faults: a new file is a new test.
@Suite("Scenarios with faults", .serialized, .computing)
struct FaultScenariosTests {
    static let folder = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/Scenarios/Faults/"

    /// Their names, without the ending.
    static let names: [String] = {
        let files = (try? ScenarioLoader().scenarioFiles(under: folder)) ?? []
        return files.map { URL(filePath: $0).deletingPathExtension().lastPathComponent }
    }()

    static func load(_ name: String) throws -> Scenario { try ScenarioLoader().load(folder + name + ".yaml") }

    @Test("The correct cache passes in the simulated world, and every fault takes effect", arguments: names)
    func simulated(name: String) throws {
        for seed in 1...5 as ClosedRange<UInt64> {
            let result = SimulatedRun(scenario: try Self.load(name), defects: []).result(seed: seed)
            #expect(result.verdict == .pass, LiveWorldTests.story(result))
            #expect(!result.faults.isEmpty && result.faults.allSatisfy { $0.tookEffect && $0.end != nil })
        }
    }

    @Test("The correct cache passes in the live world, and every fault takes effect", arguments: names)
    func live(name: String) async throws {
        let scenario = try Self.load(name)
        try await LiveWorldTests.withRunner { runner in
            for result in await runner.run(scenario, seed: 1) {
                #expect(result.verdict == .pass, LiveWorldTests.story(result))
                #expect(!result.faults.isEmpty && result.faults.allSatisfy { $0.tookEffect && $0.end != nil })
            }
        }
    }

    @Test("The same seed gives the same history, faults included", arguments: names)
    func repeats(name: String) throws {
        let run = SimulatedRun(scenario: try Self.load(name), defects: [])
        let (first, second) = (run.result(seed: 3), run.result(seed: 3))
        #expect(first.history.operations == second.history.operations)
        #expect(first.faults == second.faults)
    }

    @Test(
        "A cache that trusts what it kept while it heard nothing is caught under each fault that makes it deaf",
        arguments: [
            "disconnection-acknowledged", "disconnection-announced", "partition-acknowledged", "partition-announced",
            "partition-requests-pass-acknowledged", "partition-requests-pass-announced",
            "redis-crash-acknowledged", "redis-crash-announced", "redis-pause",
        ])
    func deafness(name: String) throws {
        // With fewer operations, so that not every key is written once more after what went wrong, which would hide it.
        let scenario = try Self.load(name).withMixes(of: 20)
        let run = SimulatedRun(scenario: scenario, defects: [.missedWhileDisconnected])
        let caught = (1...100 as ClosedRange<UInt64>).first { seed in
            run.result(seed: seed, strategy: .priorities(depth: 3)).verdict == .violation
        }
        #expect(caught != nil)
        // Without the faults it is not wrong: nothing was missed.
        var calm = run.scenario
        calm.faults = []
        let result = SimulatedRun(scenario: calm, defects: [.missedWhileDisconnected])
            .result(seed: caught ?? 1, strategy: .priorities(depth: 3))
        #expect(result.verdict == .pass, LiveWorldTests.story(result))
    }

    @Test("What is delayed arrives late, and a clock that is ahead has made everything expire")
    func effects() throws {
        let late = SimulatedRun(scenario: try Self.load("delay"), defects: []).result(seed: 1).history.operations
        let starts = Dictionary(uniqueKeysWithValues: late.map { ($0.id, $0.start) })
        let waits = late.filter { $0.kind == .apply && $0.instance == 2 }.map {
            $0.start - (starts[$0.cause] ?? $0.start)
        }
        #expect(waits.contains { $0 >= 5_000_000 })
        let skew = SimulatedRun(scenario: try Self.load("clock-skew"), defects: []).result(seed: 1)
        #expect(skew.history.operations.contains { $0.kind == .read && $0.instance == 1 && $0.layer == .origin })
        // True time in the history: nothing of it lies an hour away.
        let (first, last) = (skew.history.operations.map(\.start).min(), skew.history.operations.map(\.end).max())
        #expect((last ?? .max) - (first ?? 0) < 60_000_000_000)
    }
}

extension Scenario {
    /// With so many operations of each worker in every mix.
    func withMixes(of operations: Int) -> Scenario {
        var short = self
        for index in short.phases.indices {
            guard case .mix(var mix) = short.phases[index].action else { continue }
            mix.operationsPerWorker = operations
            short.phases[index].action = .mix(mix)
        }
        return short
    }
}

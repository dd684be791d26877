import CacheHierarchy
import Checking
import Foundation
import Judging
import Scenarios
import Testing

@testable import ScenarioRunner

/// The files in Scenarios/Instances: a new file is a new test.
@Suite("Scenarios with several instances", .serialized)
struct InstanceScenariosTests {
    static let folder =
        "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/Scenarios/Instances/"

    /// Their names, without the ending. A folder that cannot be read, or is empty, is one case, which fails.
    static let names: [String] = {
        let files = (try? ScenarioLoader().scenarioFiles(under: folder)) ?? []
        return files.isEmpty ? ["none"] : files.map { URL(filePath: $0).deletingPathExtension().lastPathComponent }
    }()

    static func load(_ name: String) throws -> Scenario { try ScenarioLoader().load(folder + name + ".yaml") }

    /// Runs in the simulated world, on a thread of its own, for that takes as long as it takes.
    static func simulate(_ name: String, _ defects: Set<Defect> = []) async throws -> [ScenarioResult] {
        let variants = try load(name).variants()
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    returning: variants.map { SimulatedRun(scenario: $0.scenario, defects: defects).result(seed: 1) })
            }
        }
    }

    @Test("The correct cache passes in the live world", arguments: names)
    func live(name: String) async throws {
        let scenario = try Self.load(name)
        guard scenario.worlds.contains(.live) else { return }
        let results = try await LiveWorldTests.withRunner { await $0.run(scenario, seed: 1) }
        #expect(!results.isEmpty)
        for result in results {
            // How fast it was says nothing on a machine with other work to do: a missed target is judged by the gate.
            #expect([.pass, .missed].contains(result.verdict), LiveWorldTests.story(result))
            #expect(result.faults.allSatisfy { $0.tookEffect && $0.end != nil })
            // An acknowledged write gives up on a machine that stands still for seconds.
            if scenario.cluster.invalidation == .announced { #expect(result.operations.failed == 0) }
        }
    }

    @Test("The correct cache passes in the simulated world", arguments: names)
    func simulated(name: String) async throws {
        let scenario = try Self.load(name)
        guard scenario.worlds.contains(.simulated) else { return }
        let results = try await Self.simulate(name)
        #expect(!results.isEmpty)
        for result in results {
            #expect(result.verdict == .pass, LiveWorldTests.story(result))
            #expect(result.operations.failed == 0)
        }
    }

    /// A bug, a scenario that shows it, and where the check says that the value differs.
    static let bugs: [(bug: Defect, scenario: String, place: String)] = [
        (.numberThroughDouble, "records", "$.record.id"),
        (.numberThroughDouble, "large-records", "$.record.integers[5]"),
        (.lossyUnicode, "records", "$.record.contacts[0].name"),
        (.lossyUnicode, "exchange", "$.record.contacts[0].name"), (.foreignFormat, "mixed-versions", "$.schema"),
        (.lostFields, "mixed-versions", "$.loyalty"),
    ]

    @Test("A layer or an application that loses something is caught, with the place", arguments: bugs)
    func caught(bug: Defect, scenario: String, place: String) async throws {
        for result in try await Self.simulate(scenario, [bug]) {
            #expect(result.verdict == .violation)
            let report = try #require(result.checks.first { $0.check == "serialisation" })
            #expect(report.violationCount > 0)
            let contents = report.violations.map(\.explanation).joined(separator: "\n")
            #expect(contents.contains("is not what was written: byte "), "\(contents)")
            // Nothing else has gone wrong: versions are as they should be.
            #expect(result.checks.filter { $0.check != "serialisation" }.allSatisfy { $0.verdict == .pass })
            let all = try #require(report.violations.first { $0.explanation.contains("at \(place)") }, "\(contents)")
            #expect(all.operations.count == 2)
        }
    }
}

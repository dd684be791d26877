import CacheHierarchy
import Checking
import Foundation
import Judging
import Scenarios
import Testing

@testable import ScenarioRunner

/// The files in Scenarios/Manager: a new file is a new test.
@Suite("Scenarios with one manager a process", .serialized)
struct ManagerScenariosTests {
    private static let folder =
        "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/Scenarios/Manager/"

    /// Their names, without the ending. A folder that cannot be read, or is empty, is one case, which fails.
    static let names: [String] = {
        let files = (try? ScenarioLoader().scenarioFiles(under: folder)) ?? []
        return files.isEmpty ? ["none"] : files.map { URL(filePath: $0).deletingPathExtension().lastPathComponent }
    }()

    private static func load(_ name: String) throws -> Scenario { try ScenarioLoader().load(folder + name + ".yaml") }

    @Test(
        "It passes, one manager was given to all who asked, and the server was asked who is connected", arguments: names
    )
    func passes(name: String) async throws {
        let scenario = try Self.load(name)
        // Processes need the built command, which the tests of the command have.
        guard scenario.cluster.placement == .tasks else { return }
        let results = try await LiveWorldTests.withRunner { await $0.run(scenario, seed: 1) }
        #expect(results.count == max(1, scenario.cluster.tenants.count))
        for result in results {
            // How fast it was says nothing on a machine with other work to do.
            #expect([.pass, .missed].contains(result.verdict), LiveWorldTests.story(result))
            #expect(result.faults.allSatisfy { $0.tookEffect && $0.end != nil })
            if scenario.faults.allSatisfy(\.concernsServer), scenario.cluster.invalidation == .announced {
                #expect(result.operations.failed == 0)
            }
            let managers = try #require(result.managers)
            let process = try #require(managers.processes.first)
            #expect(managers.processes.count == 1)
            #expect(process.process == getpid() && process.tasks == ManagedRedis.tasks && process.managers == 1)
            #expect(managers.lists > 0 && managers.mostConnections >= 1)
            let calls = try #require(process.calls)
            #expect(calls.answered > 0)
            try judge(process, of: name, calls)
        }
    }

    /// What the breaker has to have done.
    private func judge(_ process: ManagerRecord.Process, of name: String, _ calls: ManagerRecord.Calls) throws {
        let transitions = process.transitions
        let lost = calls.failed.merging(calls.unknown, uniquingKeysWith: +)
        let count = lost.values.reduce(0, +)
        // Each begins where the one before ended, and nothing opens it but what was not answered.
        #expect(zip(transitions, transitions.dropFirst()).allSatisfy { $0.to == $1.from && $0.time <= $1.time })
        #expect(transitions.isEmpty ? calls.refused == 0 : count >= 3, "opened by \(lost)")
        switch name {
        case "breaker-paused", "breaker-refused":
            #expect(transitions.first?.from == "closed" && transitions.first?.to == "open")
            #expect(transitions.last?.from == "half-open" && transitions.last?.to == "closed")
            #expect(transitions.allSatisfy { $0.time > 0 }, "counted from the first phase")
            #expect(calls.refused > 0, "refused at once")
        default: break
        }
    }

    /// A bug, and the rule that it breaks.
    static let bugs: [(bug: Defect, scenario: String, rule: String, says: String)] = [
        (.connectionPastManager, "one-manager", "Nobody is connected past a manager.", ".own\" (id "),
        (.connectionPastManager, "breaker-refused", "Nobody is connected past a manager.", ".own\" (id "),
        (.leakedConnection, "connection-limit", "A manager's pool keeps to its limit.", "At most 2 connections"),
    ]

    @Test("A way past the manager, and one more connection than it may have, are found and named", arguments: bugs)
    func caught(bug: Defect, scenario: String, rule: String, says: String) async throws {
        let scenario = try Self.load(scenario)
        let results = try await LiveWorldTests.withRunner(defects: [bug]) { await $0.run(scenario, seed: 1) }
        let result = try #require(results.first)
        #expect(result.verdict == .violation, LiveWorldTests.story(result))
        let report = try #require(result.checks.first { $0.check == "connections" })
        let violation = try #require(report.violations.first { $0.rule == rule }, LiveWorldTests.story(result))
        #expect(violation.explanation.contains(says), "\(violation.explanation)")
        // Nothing else has gone wrong: it is a bug that no client notices.
        #expect(
            result.checks.filter { $0.check != "connections" && $0.check != "resources" }.allSatisfy {
                $0.verdict == .pass
            })
    }
}

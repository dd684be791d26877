import CacheHierarchy
import Checking
import Judging
import ScenarioRunner
import Scenarios
import Testing

extension ProcessTests {
    @Suite("A manager in each process")
    struct ManagerProcessTests {
        private static func load() throws -> Scenario {
            try ScenarioLoader().load(CommandTests.root + "/Scenarios/Manager/processes.yaml")
        }

        @Test("Each has one, and the breaker of the process that is cut off opens, and closes when it is back")
        func partition() async throws {
            var scenario = try Self.load()
            // On a busy machine one call may be all that has run into its limit by the time that the outage is over.
            scenario.cluster.manager?.failures = 1
            let result = try await ProcessScenariosTests.run(scenario)
            // A debug build on a loaded machine proves nothing about speed.
            #expect([.pass, .missed].contains(result.verdict), ProcessScenariosTests.block(result))
            let managers = try #require(result.managers)
            #expect(managers.processes.count == scenario.cluster.instances)
            #expect(managers.processes.allSatisfy { $0.tasks == 1_000 && $0.managers == 1 })
            #expect(Set(managers.processes.map(\.process)).count == scenario.cluster.instances)
            let troubled = managers.processes.filter { !$0.transitions.isEmpty }
            #expect(troubled.contains { $0.transitions.first?.to == "open" && $0.transitions.last?.to == "closed" })
            #expect(managers.processes.allSatisfy { ($0.calls?.answered ?? 0) > 0 })
        }

        @Test(
            "What a process that is killed had seen of its breaker is not lost with it, and its successor has a manager too"
        )
        func crash() async throws {
            var scenario = try Self.load()
            scenario.faults = [
                Fault(.crash(nil), of: .instance(0), during: ["outage"], from: 0.3, until: .after(.milliseconds(50)))
            ]
            scenario.targets = []
            let result = try await ProcessScenariosTests.run(scenario)
            #expect(result.verdict == .pass, ProcessScenariosTests.block(result))
            let processes = try #require(result.managers).processes
            #expect(processes.count == scenario.cluster.instances + 1)
            #expect(processes.allSatisfy { $0.managers == 1 })
            #expect(
                processes.count { $0.calls == nil } == 1, "of the one that was killed nobody knows how its calls ended")
        }

        @Test("Who opens a pool of his own in one of them is found and named")
        func pastTheManager() async throws {
            var scenario = try Self.load()
            scenario.faults = []
            scenario.targets = []
            let result = try await ProcessScenariosTests.run(scenario) { $0.defects = [.connectionPastManager] }
            #expect(result.verdict == .violation, ProcessScenariosTests.block(result))
            let report = try #require(result.checks.first { $0.check == "connections" })
            #expect(report.violations.contains { $0.explanation.contains(".own\" (id ") })
        }
    }
}

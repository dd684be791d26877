import CacheHierarchy
import Scenarios
import Simulation
import TestSupport
import Testing

@testable import Exploration
@testable import ScenarioRunner

/// As `ReductionTests`, with a fault at any moment: if one did not tell what it changes, or somebody who feels it did not
/// tell that, outcomes would disappear.
@Suite("What faults and their victims tell of their steps", .computing)
struct FaultReductionTests {
    /// A scope of which no check ends the exploration, with its fault.
    struct Case: CustomTestStringConvertible, Sendable {
        let scope: String
        let workers: [[Script.Step]]?
        let defect: Defect?

        init(
            _ scope: String, workers: [[Script.Step]]? = nil, defect: Defect? = nil
        ) {
            self.scope = scope
            self.workers = workers
            self.defect = defect
        }

        var testDescription: String {
            [scope, defect?.rawValue, workers.map { "\($0)" }].compactMap(\.self).joined(separator: " ")
        }

        var scenario: Scenario {
            get throws {
                var scenario = try CertificateTests.scope(scope)
                scenario.checks = []
                scenario.faults[0].isAtAnyMoment = true
                if let workers, let race = scenario.phases.firstIndex(where: { $0.name == "race" }) {
                    scenario.phases[race].action = .script(Script(workers: workers))
                }
                return scenario
            }
        }
    }

    private static let key = "permission:0"

    @Test(
        "Whatever a random schedule comes to, an explored one does too",
        arguments: [
            Case("disconnection"), Case("disconnection", defect: .missedWhileDisconnected),
            Case("disconnected-writer"), Case("partition"), Case("instance-crash", workers: [[], [.read(key)]]),
            Case("instance-pause"),
            Case("clock-skew"),
            Case("memory-pressure", workers: [[.write(key)]]), Case("redis-crash", workers: [[.read(key)]]),
            Case("redis-data-lost", workers: [[.read(key)]]),
        ])
    func randomOutcomes(of tried: Case) throws {
        let scenario = try tried.scenario
        try ReductionTests.checkRandomOutcomes(of: scenario, defect: tried.defect, schedules: 200, moreThan: 1)
    }

    @Test(
        "With and without reduction the outcomes are the same",
        arguments: [
            Case("disconnection", workers: [[.read(key)]]),
            Case("clock-skew", workers: [[.read(key), .read(key)]]),
        ])
    func unreduced(tried: Case) throws {
        var scenario = try tried.scenario
        scenario.cluster.instances = 1
        scenario.cluster.hosts = 1
        scenario.faults[0].victim = .instance(0)
        // The script of the instance that there is not.
        scenario.phases.remove(at: 1)
        try Self.compare(scenario)
    }

    @Test("With and without reduction the outcomes are the same, of a load into a server that may have no memory left")
    func unreducedLoad() throws {
        var scenario = try Case("memory-pressure", workers: [[.read(Self.key)]]).scenario
        scenario.cluster.instances = 1
        scenario.phases.removeAll { $0.isExplored && $0.name != "race" }
        try Self.compare(scenario)
    }

    private static func compare(_ scenario: Scenario) throws {
        let all = try ReductionTests.outcomes(of: scenario, defect: nil, isReducing: false)
        let reduced = try ReductionTests.outcomes(of: scenario, defect: nil)
        #expect(reduced == all)
        #expect(all.count > 1)
    }
}

import CacheHierarchy
import History
import Scenarios
import Simulation
import Support
import TestSupport
import Testing

@testable import Exploration
@testable import ScenarioRunner

/// What is told of the simulated parts is believed by the reduction, so it is tried here: a touch that is not told makes
/// outcomes disappear.
@Suite("What the simulated cluster tells of its steps", .computing)
struct ReductionTests {
    /// A scope, a defect or none; without checks, so that no schedule ends the exploration.
    struct Case: CustomTestStringConvertible, Sendable {
        let scope: String
        let layers: [LayerDeclaration]?
        let defect: Defect?

        init(_ scope: String, layers: [LayerDeclaration]? = nil, _ defect: Defect? = nil) {
            self.scope = scope
            self.layers = layers
            self.defect = defect
        }

        var testDescription: String {
            ([scope] + (layers ?? []).map(\.layer.name) + [defect?.rawValue].compactMap(\.self)).joined(separator: " ")
        }

        var scenario: Scenario {
            get throws {
                var scenario = try CertificateTests.scope(scope)
                scenario.checks = []
                if let layers { scenario.cluster.layers = layers }
                return scenario
            }
        }
    }

    static func outcomes(of scenario: Scenario, defect: Defect?, isReducing: Bool = true) throws -> Set<RunOutcome> {
        let outcomes = Lock<Set<RunOutcome>>([])
        let exploration = try CertificateTests.certify(
            scenario, defects: defect.map { [$0] } ?? [], isReducing: isReducing
        ) { record in
            let outcome = RunOutcome(record)
            outcomes.withLock { _ = $0.insert(outcome) }
        }
        #expect(exploration.failures.isEmpty, "\(exploration.failures.first?.reason ?? "")")
        #expect(exploration.certificate?.isComplete == true)
        return outcomes.withLock { $0 }
    }

    /// Whatever so many random schedules come to, which is more than a few things, an explored one does too.
    static func checkRandomOutcomes(
        of scenario: Scenario, defect: Defect?, schedules: UInt64, moreThan fewest: Int
    ) throws {
        let explored = try outcomes(of: scenario, defect: defect)
        let run = SimulatedRun(scenario: scenario, defects: defect.map { [$0] } ?? [])
        let plan = WorkloadPlan(scenario, seed: 1)
        var met: Set<RunOutcome> = []
        for seed in 1...schedules {
            let strategy: Strategy = seed % 2 == 0 ? .random : .priorities(depth: 4)
            let record = try Simulation.run(seed: seed, strategy: strategy) { try await run.perform(plan) }.get()
            let outcome = RunOutcome(record)
            met.insert(outcome)
            guard !explored.contains(outcome) else { continue }
            Issue.record("seed \(seed), not explored:\n\(outcome)")
            return
        }
        #expect(met.count > fewest)
    }

    @Test(
        "Whatever a random schedule comes to, an explored one does too",
        arguments: [
            Case("announced"), Case("announced", .staleFill), Case("announced", .tagTimeAfterLoad),
            Case("announced", layers: [LayerDeclaration(.l1), LayerDeclaration(.l2)]),
            Case("acknowledged"), Case("acknowledged", .staleFill), Case("delete", .wrongLayerOrder),
            Case("batch"), Case("batch", .batchToken), Case("same-instance"),
            Case("same-instance", layers: [LayerDeclaration(.l2), LayerDeclaration(.l3)]),
        ])
    func randomOutcomes(of tried: Case) throws {
        let scenario = try tried.scenario
        try Self.checkRandomOutcomes(of: scenario, defect: tried.defect, schedules: 600, moreThan: 5)
    }

    @Test("With and without reduction the outcomes are the same")
    func unreduced() throws {
        var scenario = try CertificateTests.scope("same-instance")
        scenario.checks = []
        scenario.cluster.instances = 1
        // The first phase reads: the instance holds the key.
        scenario.phases = [
            scenario.phases[0],
            Phase(
                name: "race",
                action: .script(Script(workers: [[.invalidate("permission:0")], [.read("permission:0")]]))),
            Phase(name: "look", action: .inspect),
        ]
        let all = try Self.outcomes(of: scenario, defect: nil, isReducing: false)
        let reduced = try Self.outcomes(of: scenario, defect: nil)
        #expect(reduced == all)
        #expect(all.count > 3)
    }
}

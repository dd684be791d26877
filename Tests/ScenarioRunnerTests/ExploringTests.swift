import CacheHierarchy
import Scenarios
import Simulation
import Testing

@testable import ScenarioRunner

@Suite("Exploring the schedules of a scenario")
struct ExploringTests {
    static func scenario(_ invalidation: Scenarios.Invalidation, checks: [CheckDeclaration]) -> Scenario {
        Scenario(
            name: "small", file: "small.yaml",
            cluster: Cluster(
                instances: 2, hosts: 1, workers: 1, invalidation: invalidation,
                layers: [LayerDeclaration(.l1), LayerDeclaration(.l2), LayerDeclaration(.redis)]),
            data: [DataSet(name: "k", keys: 2, valueSize: 10, tags: ["t"])],
            phases: [
                Phase(
                    name: "mix",
                    action: .mix(Mix(data: ["k"], operationsPerWorker: 8, shares: Mix.Shares(read: 0.6, write: 0.4))))
            ],
            checks: checks)
    }

    static func explorer(defects: Set<Defect>, schedules: Int = 400) -> ScenarioExplorer {
        var configuration = ScenarioExplorer.Configuration(threads: 2)
        configuration.schedules = schedules
        configuration.defects = defects
        return ScenarioExplorer(configuration)
    }

    @Test("A cache without its lease is refuted, in two operations, and the token replays the very run")
    func staleFill() throws {
        let scenario = Self.scenario(.announced, checks: [.freshAfterInvalidation, .sessions])
        let exploration = try Self.explorer(defects: [.staleFill]).explore(scenario)
        let failure = try #require(exploration.failure)
        // A read that loads, a write meanwhile, and a read that is given what the first one kept.
        #expect(failure.operations <= 3, "\(failure.plan)")
        #expect(failure.switches <= failure.switchesWhenFound)
        #expect(failure.reason.contains("older version"), "\(failure.reason)")
        let replay = try ScenarioReplay(
            scenario, operations: failure.plan, schedule: "\(failure.schedule)", defects: [.staleFill])
        for _ in 0..<2 {
            let outcome = try replay.run()
            #expect(outcome.isIdentical)
            #expect(outcome.story == failure.story)
            #expect(outcome.reason == failure.reason)
        }
        // With the lease, the same schedule is harmless, and another run.
        let mended = try ScenarioReplay(scenario, operations: failure.plan, schedule: "\(failure.schedule)", defects: []).run()
        #expect(mended.reason == nil)
    }

    @Test(
        "The correct cache is not", arguments: [Scenarios.Invalidation.acknowledged, .announced])
    func correct(invalidation: Scenarios.Invalidation) throws {
        let checks: [CheckDeclaration] =
            [.freshAfterInvalidation, .sessions] + (invalidation == .acknowledged ? [.linearizable()] : [])
        let exploration = try Self.explorer(defects: [], schedules: 200).explore(Self.scenario(invalidation, checks: checks))
        #expect(exploration.failure == nil, "\(exploration.failure?.reason ?? "")")
        #expect(exploration.progress.schedules == 200)
        #expect(exploration.progress.distinct > 190)
    }

    @Test("A plan as text is read back the same")
    func text() throws {
        let scenario = WorkloadPlanTests.scenario
        let plan = WorkloadPlan(scenario, seed: 3)
        let again = try WorkloadPlan(text: plan.text, for: scenario)
        #expect(again.text == plan.text)
        #expect(again.count == plan.count)
        for (text, message) in [
            ("9.0 r a:0", "PHASE.WORKER"), ("0.0 x a:0", "r, w, d, i or t"), ("0.0 r zzz", "a key of the scenario's data"),
            ("0.0 r", "pairs"),
        ] {
            let error = #expect(throws: WorkloadPlan.Malformed.self) { try WorkloadPlan(text: text, for: scenario) }
            #expect(error?.description.contains(message) == true)
        }
    }

    @Test("Smaller plans lack a part each, down to single operations")
    func smaller() {
        let plan = try! WorkloadPlan(text: "0.0 r a:0 w a:1; 4.1 d b:0", for: WorkloadPlanTests.scenario)
        #expect(plan.count == 3)
        #expect(
            plan.smaller.map(\.text) == [
                "4.1 d b:0", "0.0 r a:0 w a:1", "0.0 w a:1; 4.1 d b:0", "0.0 r a:0; 4.1 d b:0", "0.0 r a:0 w a:1",
            ])
    }
}

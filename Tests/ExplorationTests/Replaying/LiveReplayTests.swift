import CacheHierarchy
import History
import Judging
import Scenarios
import Simulation
import TestSupport
import Testing

@testable import Exploration
@testable import ScenarioRunner

@Suite("A violation found in the simulated world, driven live", .serialized, .computing)
struct LiveReplayTests {
    private static func scenario(
        phases: [Phase], checks: [CheckDeclaration], ttl: Duration = .seconds(60), timeScale: Double = 1
    ) -> Scenario {
        Scenario(
            name: "small", file: "small.yaml",
            cluster: Cluster(
                instances: 2, hosts: 1, workers: 2, invalidation: .announced, timeScale: timeScale,
                layers: [.l1, .l2, .l3, .redis].map { LayerDeclaration($0, ttl: ttl) }),
            data: [DataSet(name: "k", keys: 2, valueSize: 10, tags: ["t"])], phases: phases, checks: checks)
    }

    static let racing = scenario(
        phases: [
            Phase(
                name: "mix",
                action: .mix(
                    Mix(
                        data: ["k"], operationsPerWorker: 8,
                        shares: Mix.Shares(read: 0.6, write: 0.25, invalidate: 0.05, invalidateTag: 0.1)))),
            Phase(name: "look", action: .inspect),
        ], checks: [.freshAfterInvalidation(), .sessions, .convergence, .tags()])

    /// Entries live for three seconds, and the waits are two: time enough to read before a deadline, and after another.
    static let waiting = scenario(
        phases: [
            Phase(name: "first", action: .sweep(Sweep(.read, data: ["k"], by: .oneWorker))),
            Phase(name: "wait", action: .wait(.seconds(4))),
            Phase(name: "late", action: .sweep(Sweep(.read, data: ["k"], by: .everyWorker))),
            Phase(name: "wait again", action: .wait(.seconds(4))),
            Phase(name: "last", action: .sweep(Sweep(.read, data: ["k"], by: .everyWorker))),
        ], checks: [.expiry(tolerance: .zero)], ttl: .seconds(6), timeScale: 2)

    private static func found(_ scenario: Scenario, _ defect: Defect) throws -> FoundFailure {
        try #require(
            try ScenarioExplorer(ExploringTests.configuration([defect])).explore(
                ScenarioVariant(label: "", scenario: scenario)
            ).failures.first)
    }

    @Test(
        "shows there too, in the same order",
        arguments: [Defect.staleFill, .wrongLayerOrder, .tagTimeAfterLoad, .lifetimeInversion])
    func reproduced(defect: Defect) async throws {
        let scenario = defect == .lifetimeInversion ? Self.waiting : Self.racing
        let failure = try Self.found(scenario, defect)
        let outcome = try await LiveReplay(
            of: ScenarioReplay(
                scenario, part: "\(failure.part)", operations: failure.plan, schedule: "\(failure.schedule)",
                defects: [defect])
        ).run()
        let told: Comment = "\(failure.plan) \(failure.schedule): \(outcome.driving), \(outcome.story)"
        #expect(outcome.isReproduced, told)
        #expect(outcome.driving.divergence == nil, told)
        #expect(outcome.driving.stepsTaken > 10, told)
        #expect(outcome.isIdentical)
        #expect(outcome.verdict == .violation)
    }

    @Test("is not there in a cache without the defect, which can be driven in nearly the same order")
    func mended() async throws {
        let failure = try Self.found(Self.racing, .staleFill)
        let outcome = try await LiveReplay(
            of: ScenarioReplay(
                Self.racing, part: "\(failure.part)", operations: failure.plan, schedule: "\(failure.schedule)",
                defects: [])
        ).run()
        #expect(outcome.simulated == nil)
        #expect(outcome.live == nil, "\(outcome.live?.explanation ?? "")")
        #expect(outcome.driving.divergence == nil)
        #expect(outcome.driving.stepsTaken > 10)
        // Points alone do not tell this run from the one that was found, if the fill was refused only behind the last
        // of them.
        #expect(outcome.verdict == (outcome.isIdentical ? .pass : .unknown))
    }

    @Test("A run that cannot follow its order says so, and ends")
    func diverged() async throws {
        let scenario = Self.racing
        let run = try Simulation.run(seed: 1) {
            try await SimulatedRun(scenario: scenario, defects: []).perform(
                WorkloadPlan(text: "0.0 r k:0; 0.1 r k:1", for: scenario))
        }
        // The order of other operations than those that are performed.
        let (record, driving) = try await SimulatedRun(scenario: scenario, defects: []).drive(
            WorkloadPlan(text: "0.0 w k:0; 0.1 r k:1", for: scenario), in: DrivenOrder(run.trace), patience: .seconds(5)
        )
        #expect(driving.divergence?.contains("waiting for worker 0 at read L3; came: worker 0 at commit") == true)
        #expect(record.history.operations.contains { $0.kind == .write && $0.worker == 0 })
    }
}

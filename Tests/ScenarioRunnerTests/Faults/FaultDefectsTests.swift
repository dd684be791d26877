import CacheHierarchy
import Checking
import History
import Judging
import Scenarios
import Simulation
import Testing

@testable import ScenarioRunner

/// Bugs that are none as long as nothing goes wrong.
@Suite("A defect bites under its fault", .serialized)
struct FaultDefectsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let defect: Defect
        let scenario: String
        let check: String
        var testDescription: String { "\(defect.rawValue) under \(scenario)" }

        init(_ defect: Defect, _ scenario: String, _ check: String) {
            self.defect = defect
            self.scenario = scenario
            self.check = check
        }
    }

    static let cases = [
        Case(.warmRestart, "instance-restart", "convergence"),
        Case(.lateFill, "instance-pause-announced", "fresh-after-invalidation"),
        Case(.impatientWriter, "delay-acknowledged", "linearizable"),
        Case(.leaseByOwnClock, "clock-skew-acknowledged", "linearizable"),
        Case(.laggingReplicaBelieved, "failover-acknowledged", "fresh-after-invalidation"),
        Case(.laggingReplicaBelieved, "failover-announced", "fresh-after-invalidation"),
    ]

    @Test("in the simulated world, where it is caught by its check, and is none without the fault", arguments: cases)
    func simulated(_ example: Case) throws {
        var run = SimulatedRun(
            scenario: try FaultScenariosTests.load(example.scenario), defects: [example.defect])
        func isCaught(_ seed: UInt64) -> Bool {
            run.result(seed: seed).checks.contains {
                "\($0.check)" == example.check && !$0.violations.isEmpty
            }
        }
        let caught = (1...100 as ClosedRange<UInt64>).first(where: isCaught)
        let seed = try #require(caught)
        run = SimulatedRun(scenario: run.scenario, defects: [])
        #expect(run.result(seed: seed).verdict == .pass)
        var calm = run.scenario
        calm.faults = []
        let result = SimulatedRun(scenario: calm, defects: [example.defect]).result(seed: seed)
        #expect(result.verdict == .pass, LiveWorldTests.story(result))
    }

    /// All keys are read everywhere, and written by one worker of the first instance while the fault is on.
    static func scenario(_ action: Fault.Action, of victim: Fault.Victim) -> Scenario {
        var scenario = FaultRunTests.scenario(
            [Fault(action, of: victim, during: ["change"], until: .share(1))],
            [
                Phase(name: "fill", action: .sweep(Sweep(.read, data: ["k"], by: .everyWorker))),
                Phase(name: "change", action: .sweep(Sweep(.write, data: ["k"], by: .oneWorker))),
                Phase(name: "again", action: .sweep(Sweep(.read, data: ["k"], by: .everyWorker))),
                Phase(name: "look", action: .inspect),
            ])
        scenario.cluster.hosts = 2
        // An instance whose lease runs out on a busy machine keeps nothing, and so nothing old either.
        scenario.cluster.lease = .seconds(5)
        scenario.cluster.layers = [LayerDeclaration(.l1), LayerDeclaration(.l3), LayerDeclaration(.redis)]
        return scenario
    }

    @Test(
        "with certainty, in both worlds, where nothing is written again afterwards",
        arguments: [
            (Defect.warmRestart, Fault.Action.crash(nil), Fault.Victim.instance(1)),
            (.laggingReplicaBelieved, .failover, .redis),
        ], [World.simulated, .live])
    func certain(_ example: (defect: Defect, action: Fault.Action, victim: Fault.Victim), world: World) async throws {
        let scenario = Self.scenario(example.action, of: example.victim)
        for (defects, verdict) in [(Set<Defect>(), RunVerdict.pass), ([example.defect], .violation)] {
            let results = try await LiveWorldTests.withRunner(worlds: [world], defects: defects) {
                await $0.run(scenario, seed: 1)
            }
            #expect(results.map(\.verdict) == [verdict], LiveWorldTests.story(results[0]))
        }
    }
}

import CacheHierarchy
import History
import Judging
import Scenarios
import Simulation
import TestSupport
import Testing

@testable import ScenarioRunner

@Suite("Scenarios in the simulated world", .computing)
struct SimulatedWorldTests {
    static let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    static let scenarios: [Scenario] = {
        let loader = ScenarioLoader()
        let files = try! loader.scenarioFiles(under: "/" + root + "/Scenarios/InvalidationChain")
        return files.flatMap { try! loader.load($0).variants().map(\.scenario) }
    }()

    @Test("Every scenario passes, at the true values of its lifetimes", arguments: scenarios)
    func passes(scenario: Scenario) throws {
        for seed in 1...2 as ClosedRange<UInt64> {
            let result = SimulatedRun(scenario: scenario, defects: []).result(seed: seed)
            #expect(result.verdict == .pass, LiveWorldTests.story(result))
        }
    }
}

extension SimulatedWorldTests {
    /// Else it would look as if something else had taken it: the invalidation of a tag that it does not carry, say.
    @Test("What L3 gives up for want of room is in the history")
    func evictions() throws {
        let scenario = Scenario(
            name: "small disk", file: "small.yaml",
            cluster: Cluster(
                instances: 2, hosts: 1, workers: 2,
                layers: [LayerDeclaration(.l3, capacity: 5), LayerDeclaration(.redis)]),
            data: [DataSet(name: "k", keys: 200)],
            phases: [
                Phase(name: "fill", action: .sweep(Sweep(.read, data: ["k"], by: .everyWorker))),
                Phase(name: "look", action: .inspect),
            ], checks: [.convergence])
        let history = SimulatedRun(scenario: scenario, defects: []).result(seed: 1).history
        let filled = Set(history.operations.filter { $0.kind == .fill && $0.layer == .l3 }.map(\.key))
        let evicted = Set(history.operations.filter { $0.kind == .evict && $0.layer == .l3 && $0.key >= 0 }.map(\.key))
        let held = Set(
            history.operations.filter { $0.kind == .inspect && $0.layer == .l3 && !$0.isAbsent }.map(\.key))
        #expect(filled.count == 200)
        #expect(!held.isEmpty)
        #expect(filled.subtracting(held).isSubset(of: evicted))
    }
}

extension SimulatedWorldTests {
    @Test("Messages are on a way of their own only where they can be lost", arguments: [true, false])
    func messages(canBeLost: Bool) throws {
        var scenario = Scenario(
            name: "messages", file: "messages.yaml", cluster: Cluster(instances: 2, workers: 1),
            data: [DataSet(name: "k", keys: 1)],
            phases: [Phase(name: "write", action: .sweep(Sweep(.write, data: ["k"], by: .everyWorker)))])
        if canBeLost { scenario.faults = [Fault(.disconnect, of: .instance(0), during: ["write"], until: nil)] }
        let program = SimulatedRun(scenario: scenario, defects: [])
        let plan = WorkloadPlan(scenario, seed: 1)
        let run = try Simulation.run { try await program.perform(plan) }
        try run.get()
        #expect(run.trace.taskNames.contains { $0.hasPrefix("bus to ") } == canBeLost)
        #expect(run.trace.passages.contains { $0.point == "apply to L3" || $0.point == "apply" })
    }
}

/// A case is called by the scenario's name rather than by all that it declares.
extension Scenario: CustomTestStringConvertible {
    public var testDescription: String { name }
}

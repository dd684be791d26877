import History
import Scenarios
import Testing

@testable import ScenarioRunner

@Suite("What workers do is planned by the seed alone")
struct WorkloadPlanTests {
    static let scenario = Scenario(
        name: "plan", file: "plan.yaml",
        cluster: Cluster(
            instances: 2, hosts: 1, workers: 2, invalidation: .acknowledged, layers: [LayerDeclaration(.l1)]),
        data: [
            DataSet(name: "a", keys: 3, valueSize: 10, tags: ["t", "u"]),
            DataSet(name: "b", keys: 2, valueSize: 20, tags: []),
        ],
        phases: [
            Phase(name: "write", action: .sweep(Sweep(.write, data: ["a", "b"], keys: 1, by: .everyInstance))),
            Phase(name: "tags", action: .invalidateTags(TagSweep(tags: ["u", "t"], by: .oneWorker))),
            Phase(name: "look", action: .inspect),
            Phase(name: "warm", action: .sweep(Sweep(.warm, data: ["a"], by: .everyInstance))),
            Phase(
                name: "mix",
                action: .mix(
                    Mix(
                        data: ["a", "b"], operationsPerWorker: 400,
                        shares: Mix.Shares(read: 0.5, write: 0.2, delete: 0.1, invalidate: 0.1, invalidateTag: 0.1)))),
        ])

    @Test("Sweeps go through their keys in order, by those who are to")
    func sweeps() {
        let plan = WorkloadPlan(Self.scenario, seed: 1)
        let keys = ["a", "b"].map {
            KeyInUse(name: "\($0):0", valueSize: $0 == "a" ? 10 : 20, tags: $0 == "a" ? ["t", "u"] : [])
        }
        #expect(plan.phases[0] == [keys.map { .write($0) }, [], keys.map { .write($0) }, []])
        #expect(plan.phases[1] == [[.invalidateTag("u"), .invalidateTag("t")], [], [], []])
        #expect(plan.phases[2].isEmpty)
        #expect(plan.phases[3].isEmpty)
    }

    @Test("A mix keeps to its shares, and a tag is one that the key carries")
    func mix() {
        let operations = WorkloadPlan(Self.scenario, seed: 1).phases[4]
        #expect(operations.map(\.count) == [400, 400, 400, 400])
        let all = operations.flatMap { $0 }
        let reads = all.count { if case .read = $0 { true } else { false } }
        let tags = all.count { if case .invalidateTag = $0 { true } else { false } }
        #expect((700...900).contains(reads))
        // Two of five keys carry none: those are invalidated themselves.
        #expect((60...140).contains(tags))
    }

    @Test("The same seed plans the same, another one something else, and each worker its own")
    func seeds() {
        let plan = WorkloadPlan(Self.scenario, seed: 7)
        #expect(plan == WorkloadPlan(Self.scenario, seed: 7))
        #expect(plan != WorkloadPlan(Self.scenario, seed: 8))
        #expect(Set(plan.phases[4]).count == 4)
    }
}

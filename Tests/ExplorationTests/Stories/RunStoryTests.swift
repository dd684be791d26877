import History
import Judging
import Scenarios
import Simulation
import TestSupport
import Testing

@testable import Exploration
@testable import ScenarioRunner

@Suite("A run is told in the cache's words", .computing)
struct RunStoryTests {
    static let scenario = Scenario(
        name: "story", file: "story.yaml",
        cluster: Cluster(
            workers: 2, invalidation: .announced,
            layers: [LayerDeclaration(.l1), LayerDeclaration(.l2), LayerDeclaration(.l3), LayerDeclaration(.redis)]),
        data: [DataSet(name: "k", keys: 1)],
        phases: [
            Phase(name: "write", action: .sweep(Sweep(.write, data: ["k"], by: .oneWorker))),
            Phase(name: "look", action: .inspect),
        ],
        checks: [.freshAfterInvalidation(), .convergence])

    @Test("Who reads, misses, loads and keeps what; and that telling it changes nothing")
    func tell() throws {
        try Simulation.prepare()
        let program = ExploredProgram(defects: [])
        let plan = try WorkloadPlan(text: "0.0 w k:0 r k:0 r k:0 d k:0", for: Self.scenario)
        let input = ExploredInput(Self.scenario, part: ScenarioPart(Self.scenario), plan: plan)
        var explorer = program.explorer()
        let run = explorer.run(input, seed: 1, .firstCome)
        try run.get()
        let proof = try #require(run.value).record.history.operations.filter { $0.kind == .delete }.map(\.id)
        let story = try #require(try program.tell(input, run.schedule, proof: proof))
        #expect(
            "\(story)" == """
                  1. worker 0  writes "k:0"; commits version 2; announces it; drops it from L3; has written version 2;
                               reads "k:0", which L1 and L2 do not serve; misses in L3; misses in redis;
                               loads version 2 from the origin; keeps version 2 in redis; keeps version 2 in L3;
                               keeps version 2 in L2; keeps version 2 in L1; is given version 2 from origin;
                               reads "k:0"; is given version 2 from L1; deletes "k:0";
                               commits the tombstone of version 3; announces it; drops it from L3;
                               has deleted it: the tombstone of version 3 [1]
                """)
        #expect(story.switches == 0)
    }
}

import Foundation
import GatedWorld
import History
import Judging
import Processes
import RedisClient
import ScenarioRunner
import Scenarios
import Testing

@Suite struct ScratchTests {
    @Test func smoke() async throws {
        let file = ProcessInfo.processInfo.environment["SCRATCH"] ?? "Adapters/python/users/users.yaml"
        let declared = try ScenarioLoader().load(file)
        var scenario = declared
        scenario.cluster.workers = 1
        let server = try await RedisServer.open(.privateServer)
        let given = scenario
        let thread = Thread { [scenario = given] in
            do {
                let world = try GatedWorld(scenario, of: scenario.subject!, on: server, seed: 1)
                defer { world.close() }
                let key = scenario.keysInUse[0]
                let plan = WorkloadPlan(phases: [[[.read(key)], [.write(key)]]])
                let start = Date()
                for number in 0..<20 {
                    var usual = UsualOrder()
                    let run = try world.perform(plan, choosing: &usual)
                    if number == 0 || number == 19 {
                        for step in run.steps { print(step.message.label, "|", step.message.words, "|", step.enabled.count) }
                        print(run.stuck ?? "-", run.late, run.record.history.operations.count)
                    }
                }
                print(world.counts, Date().timeIntervalSince(start))
            } catch { print("ERROR", error) }
        }
        thread.start()
        while !thread.isFinished { try await Task.sleep(for: .milliseconds(20)) }
        await server.close()
    }
}

import Simulation
import Testing

@Suite struct StoryTests {
    @Test("The text of a trace says which task ran, what it passed and noted, and when")
    func story() throws {
        let run = try Simulation.run(strategy: .firstCome) {
            async let reading: Void = Simulation.named("reader") {
                await Simulation.point("look up")
                Simulation.note("version", 3)
                try? await Simulation.clock.sleep(for: .milliseconds(250))
                await Simulation.point("fill")
            }
            async let writing: Void = Simulation.named("slow writer") { await Simulation.point("store") }
            _ = await (reading, writing)
        }
        #expect(
            "\(run.trace)" == """
                   1. body
                   2. reader       look up, version = 3
                   3. slow writer  store
                   4. reader       fill  (at 0.25 seconds)
                   5. body
                """)
        #expect(run.tasks == 3)
        #expect(run.switches == 4)
        #expect(run.preemptions == 0)
    }

    @Test("A preemption is a switch at a point where the task could have continued; waiting and ending are none")
    func preemptions() throws {
        let body: @Sendable () async -> Void = {
            async let first: Void = Simulation.named("first") {
                await Simulation.point("one")
                await Simulation.point("two")
            }
            async let second: Void = Simulation.named("second") { await Simulation.point("three") }
            _ = await (first, second)
        }
        #expect(try Simulation.run(strategy: .firstCome, body).preemptions == 0)
        // The first task stops at one and at two, the second at three.
        let run = try Simulation.run(strategy: .roundRobin, body)
        #expect(run.preemptions == 3, "\(run.trace)")
        #expect(run.switches > run.preemptions)
    }
}

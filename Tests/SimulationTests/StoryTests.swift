import Simulation
import Testing

@Suite struct StoryTests {
    @Test("A trace reads as a story: who ran, what was passed and noted, and when")
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
    }
}

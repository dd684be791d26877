import Simulation
import Testing

@Suite("The passages of a trace")
struct PassagesTests {
    @Test("A point at which a task stopped stands where the task went on")
    func stops() throws {
        let run = try Simulation.run(strategy: .roundRobin) {
            async let first: Void = Simulation.named("first") {
                await Simulation.point("a")
                await Simulation.point("b")
            }
            async let second: Void = Simulation.named("second") {
                Simulation.note("mark", 3)
                await Simulation.point("c")
            }
            _ = await (first, second)
        }
        let names = run.trace.taskNames
        let passages = run.trace.passages.map { "\(names[$0.task]) \($0.point)" }
        // The first comes to a, and the second to its mark and to c, before either goes on.
        #expect(passages == ["second mark", "first a", "second c", "first b"], "\(run.trace)")
    }
}

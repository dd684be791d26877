import Simulation
import Testing

@Suite("The passages of a trace")
struct PassagesTests {
    @Test("A point at which a task stopped has the position at which the task continued")
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
        // The first task comes to a, and the second to its note and to c, before either continues.
        #expect(passages == ["second mark", "first a", "second c", "first b"], "\(run.trace)")
    }

    @Test("At a trace point no other task gets a turn, and the point is a passage too")
    func waypoints() throws {
        let run = try Simulation.run(strategy: .roundRobin) {
            async let first: Void = Simulation.named("first") {
                await Simulation.point("a")
                Simulation.waypoint("b")
                Simulation.waypoint("c")
            }
            async let second: Void = Simulation.named("second") { await Simulation.point("d") }
            _ = await (first, second)
        }
        let names = run.trace.taskNames
        let passages = run.trace.passages.map { "\(names[$0.task]) \($0.point)" }
        #expect(passages == ["first a", "first b", "first c", "second d"], "\(run.trace)")
    }
}

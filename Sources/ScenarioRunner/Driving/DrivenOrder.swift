import Simulation

/// The order in which the tasks of a simulated run passed their points, as the tasks of a live run are to pass theirs.
///
/// Only tasks that exist under the same name in both worlds, and whose turns the system decides, are in it: workers,
/// the buses, the instances' own application of invalidations. What the run itself does (it begins phases and looks
/// into layers while no worker is at work) follows by itself, and signs of life go by the clock.
package struct DrivenOrder: Sendable, Hashable {
    struct Step: Sendable, Hashable, CustomStringConvertible {
        let task: String
        let point: String

        var description: String { "\(task) at \(point)" }
    }

    let steps: [Step]

    init(steps: [Step]) { self.steps = steps }

    /// O(length of the trace).
    package init(_ trace: SimulationTrace) {
        let names = trace.taskNames.map { Self.name($0, withoutPrefix: SimulatedWorld.prefix) }
        steps = trace.passages.compactMap { passage in
            let name = names[passage.task]
            let isDriven = Self.isDriven(name) && passage.point != SimulatedClock.nameOfTurn.description
            return isDriven ? Step(task: name, point: passage.point) : nil
        }
    }

    static func isWorker(_ task: String) -> Bool { task.hasPrefix("worker ") }

    private static func isDriven(_ task: String) -> Bool {
        isWorker(task) || task.hasPrefix("bus to ") || task.hasPrefix("invalidations of ")
    }

    /// Names of tasks hold names of instances, and these begin otherwise in each cluster.
    static func name(_ task: String, withoutPrefix prefix: String) -> String {
        task.replacing("\(prefix).", with: "")
    }
}

import ScenarioRunner
import Simulation

/// Where things are in a trace: the points that were passed, and what the cache's clock showed.
struct TracePlaces {
    struct Point {
        let place: Int
        let task: Int
        let label: String
        /// Another task was given its turn there.
        let isStop: Bool
    }

    /// A fault that began or ended.
    struct FaultChange {
        let place: Int
        let task: Int
        /// Of the fault, as declared.
        let number: Int
        let isBeginning: Bool
    }

    private(set) var points: [Point] = []
    private(set) var faultChanges: [FaultChange] = []
    let names: [String]
    /// By what the clock showed, which never shows the same twice.
    private var looks: [Int64: (place: Int, task: Int)] = [:]

    init(_ trace: SimulationTrace) {
        names = trace.taskNames
        var place = 0
        trace.forEach { event in
            place += 1
            switch event {
            case .point(let task, let label, let isStop):
                points.append(Point(place: place, task: task, label: trace.text(ofLabel: label), isStop: isStop))
            case .note(let task, let label, let value)
            where trace.text(ofLabel: label) == RunNotes.clockLook.description:
                looks[Int64(value)] = (place, task)
            case .note(let task, let label, let value):
                let text = trace.text(ofLabel: label)
                let isBeginning = text == RunNotes.faultBegins.description
                if isBeginning || text == RunNotes.faultEnds.description {
                    faultChanges.append(
                        FaultChange(place: place, task: task, number: value, isBeginning: isBeginning))
                }
            case .step, .time: break
            }
        }
    }

    /// Where in the trace the clock showed a time, and to whom; `nil` if it never did.
    func look(at time: Int64) -> (place: Int, task: Int)? { looks[time] }
}

import GatedWorld
import ScenarioRunner

/// The orders of some programs within some numbers of deviations from the usual order, one after the other: fewer
/// deviations first.
///
/// An order that only swaps messages that commute is left out: it is the one before it.
struct BoundedLane {
    private let programs: [WorkloadPlan]
    private let bounds: ClosedRange<Int>
    private var program = 0
    private var level = 0
    /// Of the program and level that are being visited: what is left.
    private var waiting: [Deviations] = [Deviations()]
    private var next: [Deviations] = []
    /// How many orders were left out.
    private(set) var pruned = 0
    private(set) var visited = 0

    init(_ programs: [WorkloadPlan], bounds: ClosedRange<Int>) {
        self.programs = programs
        self.bounds = bounds
    }

    var isDone: Bool { program >= programs.count }

    /// What has been visited.
    var reached: GatedFacts.Bound {
        GatedFacts.Bound(
            operations: programs.first?.count ?? 0, programs: programs.count, deviations: bounds.upperBound,
            schedules: visited, isComplete: isDone)
    }

    /// Runs one more.
    /// - Returns: whether there was one.
    mutating func next(in search: GatedSearch) throws -> Bool {
        while !isDone {
            guard let deviations = waiting.popLast() else {
                advance()
                continue
            }
            // A level that another lane has visited is gone through again for what follows from it, and not counted.
            let run = try search.explore(programs[program], deviations)
            visited += 1
            if level < bounds.upperBound { expand(run, deviations) }
            return true
        }
        return false
    }

    private mutating func advance() {
        if level < bounds.upperBound, !next.isEmpty {
            level += 1
            waiting = next.reversed()
            next = []
        } else {
            program += 1
            level = 0
            waiting = [Deviations()]
            next = []
        }
    }

    private mutating func expand(_ run: GatedRun, _ deviations: Deviations) {
        for step in deviations.end..<max(deviations.end, run.steps.count) {
            let enabled = run.steps[step].enabled
            for choice in enabled.indices.dropFirst() {
                if ScheduleOrders.isSame(run, letting: enabled[choice], throughAt: step) {
                    pruned += 1
                } else {
                    next.append(deviations.with(choice, at: step))
                }
            }
        }
    }
}

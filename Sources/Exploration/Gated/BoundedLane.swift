import GatedWorld
import ScenarioRunner
import Simulation

/// The orders of some programs within some numbers of deviations from the usual order, one after the other: fewer
/// deviations first.
///
/// An order that differs from one that was run in messages that commute only is told and not run: what follows from it
/// by further deviations is visited all the same.
struct BoundedLane {
    private let programs: [WorkloadPlan]
    private let bounds: ClosedRange<Int>
    private var program = 0
    private var level = 0
    /// Of the program and level that are being visited: what is left.
    private var waiting: [Candidate] = [Candidate()]
    private var next: [Candidate] = []

    /// An order to be run, and what the messages up to its last deviation are.
    private struct Candidate {
        var deviations = Deviations()
        var prefix: UInt64?
    }
    /// The runs of the program, for telling others.
    private var runs: [[GatedRun.Step]] = []
    /// How many orders were run.
    private var visited = 0
    /// More are not compared with: a run is cheaper then.
    private static let mostRuns = 2_000

    private let tellsKnown: Bool
    private let withTime: Bool

    /// - Parameters:
    ///   - tellsKnown: whether orders that are known are told and not run.
    ///   - withTime: whether time passes where something else could happen. Without it there are far fewer orders.
    init(_ programs: [WorkloadPlan], bounds: ClosedRange<Int>, tellsKnown: Bool = true, withTime: Bool = true) {
        self.withTime = withTime
        self.programs = programs
        self.bounds = bounds
        self.tellsKnown = tellsKnown
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
            guard let candidate = waiting.popLast() else {
                advance()
                continue
            }
            let deviations = candidate.deviations
            if let steps = runs.lazy.reversed().compactMap({ ScheduleOrders.retold($0, by: deviations) }).first {
                if level < bounds.upperBound { expand(steps, deviations) }
                continue
            }
            // A level that another lane has visited is gone through again for what follows from it.
            let run = try search.explore(programs[program], deviations, after: candidate.prefix)
            visited += 1
            let steps = withTime ? run.steps : Self.withoutTime(run.steps)
            if tellsKnown, run.phases == 1, !run.isVoid, runs.count < Self.mostRuns { runs.append(steps) }
            if level < bounds.upperBound { expand(steps, deviations) }
            return true
        }
        return false
    }

    /// Where time could have passed and did not, it is left out. It is the last of what waits but for faults.
    private static func withoutTime(_ steps: [GatedRun.Step]) -> [GatedRun.Step] {
        guard !steps.contains(where: { $0.enabled.contains { $0.kind == .fault } }) else { return steps }
        return steps.map { step in
            guard step.message.kind != .timer else { return step }
            return GatedRun.Step(
                message: step.message, enabled: step.enabled.filter { $0.kind != .timer }, choice: step.choice,
                task: step.task)
        }
    }

    private mutating func advance() {
        if level < bounds.upperBound, !next.isEmpty {
            level += 1
            waiting = next.reversed()
            next = []
        } else {
            program += 1
            runs = []
            level = 0
            waiting = [Candidate()]
            next = []
        }
    }

    private mutating func expand(_ steps: [GatedRun.Step], _ deviations: Deviations) {
        for step in deviations.end..<max(deviations.end, steps.count) {
            let before = steps[0..<step].map(\.message.label)
            for choice in steps[step].enabled.indices.dropFirst() {
                let prefix = Self.prefix(of: before + [steps[step].enabled[choice].label])
                next.append(Candidate(deviations: deviations.with(choice, at: step), prefix: prefix))
            }
        }
    }

    /// Stands for the first messages of a run.
    static func prefix(of steps: [GatedRun.Step], to end: Int) -> UInt64 {
        prefix(of: steps.prefix(end).map(\.message.label))
    }

    private static func prefix(of labels: [String]) -> UInt64 {
        labels.reduce(SeededRandom(seed: 2)) { $0.split($1) }.seed
    }
}

import Scenarios

/// Which fault is due when: counts the operations of the phases, and keeps the records. A value without any task or clock.
struct FaultSchedule: Sendable {
    /// A fault begins, or ends.
    struct Change: Sendable {
        /// Of the fault, in the order of declaration.
        let number: Int
        let fault: Fault
        let isBeginning: Bool
    }

    private struct Course {
        enum Stage { case waiting, on, over }
        var stage = Stage.waiting
        var isTimeUp = false
    }

    private let cluster: Cluster
    private(set) var records: [FaultRecord]
    private var courses: [Course]
    private var phase = ""
    private var total = 0
    private var done = 0
    private var remaining: [Int] = []
    var isPhaseOver = true
    /// Whether a fault is just beginning or ending.
    private(set) var isChanging = false
    /// Those who wait until nothing changes.
    var waiting: [CheckedContinuation<Void, Never>] = []
    /// By fault, what ends it after its time.
    var timers: [Int: Task<Void, Never>] = [:]
    private(set) var failure: FaultError?

    init(_ scenario: Scenario) {
        cluster = scenario.cluster
        records = scenario.faults.map { FaultRecord($0) }
        courses = scenario.faults.map { _ in Course() }
    }

    /// Whether nothing is wrong at the moment.
    var isQuiet: Bool { courses.allSatisfy { $0.stage != .on } }

    var timersOfThisPhase: [Task<Void, Never>] {
        records.indices.compactMap { records[$0].fault.phases.last == phase ? timers[$0] : nil }
    }

    mutating func begin(_ name: String, planned: [Int]) {
        phase = name
        total = planned.reduce(0, +)
        done = 0
        remaining = planned
        isPhaseOver = false
    }

    mutating func completed(by worker: Int) {
        done += 1
        remaining[worker] -= 1
    }

    mutating func timeIsUp(for number: Int) { courses[number].isTimeUp = true }

    mutating func fail(_ error: FaultError) { failure = failure ?? error }

    mutating func takeWaiting() -> [CheckedContinuation<Void, Never>] {
        defer { waiting = [] }
        return waiting
    }

    /// Nothing begins or ends any more.
    /// - Returns: the timers that run.
    mutating func abandon() -> [Task<Void, Never>] {
        for index in courses.indices { courses[index].stage = .over }
        defer { timers = [:] }
        return Array(timers.values)
    }

    /// What has to be done next, by the caller, who says ``made(_:from:to:)`` then; `nil` if nothing is due, or somebody else
    /// is at it, who will ask again.
    mutating func takeDueChange() -> Change? {
        guard !isChanging else { return nil }
        for number in courses.indices {
            let fault = records[number].fault
            let isBeginning: Bool
            switch courses[number].stage {
            case .waiting where isDueToBegin(fault): isBeginning = true
            case .on where isDueToEnd(fault, courses[number]): isBeginning = false
            default: continue
            }
            isChanging = true
            return Change(number: number, fault: fault, isBeginning: isBeginning)
        }
        return nil
    }

    mutating func made(_ change: Change, from start: Int64, to end: Int64) {
        isChanging = false
        guard courses[change.number].stage != .over else { return }
        if change.isBeginning {
            records[change.number].start = start
            // There is still somebody to feel it; a wait has nothing but time.
            records[change.number].tookEffect = done < total || total == 0
            courses[change.number].stage = .on
        }
        if !change.isBeginning || change.fault.end == nil {
            records[change.number].end = end
            courses[change.number].stage = .over
        }
    }

    private func isDueToBegin(_ fault: Fault) -> Bool {
        guard !isPhaseOver, !fault.isAtAnyMoment, fault.phases.first == phase else { return false }
        // Never so late that nothing is left to go wrong.
        return done >= min(count(fault.start), max(0, total - 1))
    }

    private func isDueToEnd(_ fault: Fault, _ course: Course) -> Bool {
        switch fault.end {
        case nil: false
        case .after: course.isTimeUp
        case .share(let share):
            fault.phases.last == phase
                && (isPhaseOver || total > 0 && done >= min(count(share), reachable(despite: fault)))
        }
    }

    private func count(_ share: Double) -> Int { Int((share * Double(total)).rounded(.up)) }

    /// How many operations can be done without the victims, who may have to wait until it is over.
    private func reachable(despite fault: Fault) -> Int {
        let victims = fault.instances(of: cluster)
        guard victims.count < cluster.instances else { return total }
        let workers = (victims.lowerBound * cluster.workers)..<(victims.upperBound * cluster.workers)
        return total - workers.reduce(0) { $0 + (remaining.indices.contains($1) ? remaining[$1] : 0) }
    }
}

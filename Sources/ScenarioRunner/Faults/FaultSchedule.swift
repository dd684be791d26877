import Judging
import Scenarios

/// Which fault is due when: counts the operations of the phases, and keeps the records. Pure: it holds no task, no
/// continuation and no clock, and each method returns what the driver has to do.
struct FaultSchedule: Sendable {
    /// A fault begins, or ends.
    struct Change: Sendable {
        /// Of the fault, in the order of declaration.
        let number: Int
        let fault: Fault
        let isBeginning: Bool
    }

    /// What the driver does when a change was made.
    enum Action: Hashable {
        /// Says ``FaultSchedule/timeIsUp(for:)`` of a fault when its time has come, in place of what timer it had.
        case startTimer(fault: Int, Timer)
        /// Measures how long the victims of a fault take to recover.
        case measureRecovery(fault: Int)
        /// Lets those go on that wait until nothing changes.
        case admitWorkers
    }

    enum Timer: Hashable {
        /// Nanoseconds from now.
        case after(Int64)
        /// By the cluster's clock.
        case at(Int64)
    }

    private struct Course {
        /// Between is what is repeated, after one time and before the next.
        enum Stage { case waiting, on, between, over }
        var stage = Stage.waiting
        var isTimeUp = false
        /// When it began, the last time.
        var begun: Int64 = 0
    }

    private let cluster: Cluster
    private(set) var records: [FaultRecord]
    private var courses: [Course]
    private var phase = ""
    private var total = 0
    private var done = 0
    private var remaining: [Int] = []
    private(set) var isPhaseOver = true
    /// Whether a fault is just beginning or ending.
    private(set) var isChanging = false
    private(set) var failure: FaultError?

    init(_ scenario: Scenario) {
        cluster = scenario.cluster
        records = scenario.faults.map { FaultRecord($0) }
        courses = scenario.faults.map { _ in Course() }
    }

    /// Whether nothing is wrong at the moment.
    var isQuiet: Bool { courses.allSatisfy { $0.stage != .on } }

    /// Whether Redis gives up keys for want of memory.
    var isEvicting: Bool {
        courses.indices.contains { courses[$0].stage == .on && records[$0].fault.action == .eviction }
    }

    /// The faults that end with this phase: their timers are waited for.
    var endingWithPhase: [Int] { records.indices.filter { records[$0].fault.phases.last == phase } }

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

    /// Nothing begins any more in this phase.
    /// - Returns: the faults that would have begun again, whose timers are to be cancelled.
    mutating func endPhase() -> [Int] {
        isPhaseOver = true
        return courses.indices.filter { number in
            guard courses[number].stage == .between, hasEnded(records[number].fault) else { return false }
            courses[number].stage = .over
            return true
        }
    }

    /// When a fault that is over for now is to begin again.
    func nextBeginning(of number: Int) -> Int64? {
        guard courses[number].stage == .between, let repetition = records[number].fault.repetition else { return nil }
        return courses[number].begun + repetition.interval.nanoseconds
    }

    mutating func recovered(from number: Int, within duration: Int64) { records[number].recoveries.append(duration) }

    mutating func timeIsUp(for number: Int) { courses[number].isTimeUp = true }

    mutating func fail(_ error: FaultError) { failure = failure ?? error }

    /// Nothing begins or ends any more: all timers and measurements are to be cancelled.
    mutating func abandon() {
        for index in courses.indices { courses[index].stage = .over }
    }

    /// What has to be done next, by the caller, who says ``made(_:from:to:)`` then; `nil` if nothing is due, or another
    /// caller is at it, who will ask again.
    mutating func takeDueChange() -> Change? {
        guard !isChanging else { return nil }
        for number in courses.indices {
            let fault = records[number].fault
            let isBeginning: Bool
            switch courses[number].stage {
            case .waiting where isDueToBegin(fault): isBeginning = true
            case .on where isDueToEnd(fault, courses[number]): isBeginning = false
            case .between where isDueToBeginAgain(fault, courses[number]): isBeginning = true
            default: continue
            }
            isChanging = true
            return Change(number: number, fault: fault, isBeginning: isBeginning)
        }
        return nil
    }

    /// - Returns: what follows, in this order.
    mutating func made(_ change: Change, from start: Int64, to end: Int64) -> [Action] {
        note(change, from: start, to: end)
        if change.fault.isAtCommit { return [.admitWorkers] }
        return [timer(after: change), measurement(after: change), .admitWorkers].compactMap(\.self)
    }

    private func timer(after change: Change) -> Action? {
        if change.isBeginning, case .after(let duration) = change.fault.end {
            return .startTimer(fault: change.number, .after(duration.nanoseconds))
        }
        return nextBeginning(of: change.number).map { .startTimer(fault: change.number, .at($0)) }
    }

    private func measurement(after change: Change) -> Action? {
        guard !change.isBeginning || change.fault.end == nil, change.fault.needsRecovery else { return nil }
        return .measureRecovery(fault: change.number)
    }

    private mutating func note(_ change: Change, from start: Int64, to end: Int64) {
        isChanging = false
        guard courses[change.number].stage != .over else { return }
        if change.isBeginning, change.fault.isAtCommit {
            courses[change.number] = Course(stage: .on, begun: start)
            return
        }
        if change.isBeginning {
            records[change.number].start = records[change.number].start ?? start
            records[change.number].times += 1
            // There is still somebody to feel it; a wait has nothing but time.
            if done < total || total == 0 { records[change.number].tookEffect = true }
            courses[change.number] = Course(stage: .on, begun: start)
        }
        if !change.isBeginning || change.fault.end == nil {
            records[change.number].end = end
            courses[change.number].stage = change.fault.repetition == nil || hasEnded(change.fault) ? .over : .between
            courses[change.number].isTimeUp = false
        }
    }

    /// A victim has died at its commit, and another takes its place. The last of several ends the fault.
    /// - Returns: what follows.
    mutating func struck(_ change: Change, at time: Int64) -> [Action] {
        let number = change.number
        records[number].start = records[number].start ?? time
        records[number].end = time
        records[number].times += 1
        records[number].tookEffect = true
        if records[number].times >= records[number].fault.instances(of: cluster).count { courses[number].stage = .over }
        return [measurement(after: change)].compactMap(\.self)
    }

    /// What waits for commits in phases that are over now; it waits no more.
    mutating func takeUnstruck() -> [Fault] {
        courses.indices.compactMap { number in
            let fault = records[number].fault
            guard fault.isAtCommit, courses[number].stage == .on, fault.phases.last == phase else { return nil }
            courses[number].stage = .over
            return fault
        }
    }

    /// Whether the last of its phases is over.
    private func hasEnded(_ fault: Fault) -> Bool { isPhaseOver && fault.phases.last == phase }

    private func isDueToBeginAgain(_ fault: Fault, _ course: Course) -> Bool {
        guard course.isTimeUp, !isPhaseOver, let repetition = fault.repetition else { return false }
        return fault.phases.last != phase || total == 0 || done < count(repetition.until)
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

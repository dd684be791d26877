import Checking
import History

/// A few reads and writes of one register.
struct SmallHistory: CustomStringConvertible {
    struct Step {
        var start: Int64
        var end: Int64
        var isWrite: Bool
        /// What was read or written; 0 is nothing or, for an unknown write, a version never learnt.
        var label: Int64
        var outcome: Operation.Outcome = .ok
    }

    /// How reads name their writes.
    enum Naming: CaseIterable {
        case versions
        case values
    }

    var steps: [Step]

    func history(_ naming: Naming) -> History {
        let operations = steps.enumerated().map { index, step in
            Operation(
                id: Int64(index + 1), kind: step.isWrite ? .write : .read, worker: Int32(index), key: 0,
                version: naming == .versions ? step.label : 0, value: naming == .values ? step.label : 0,
                outcome: step.outcome, start: step.start, end: step.end)
        }
        return History(operations: operations, keys: ["x"])
    }

    /// Whether the fast check and the search contradict each other.
    func isDisputed(_ naming: Naming) -> Bool { verdicts(naming).fast != verdicts(naming).search }

    /// Whether each finds a violation. A search that spends its budget contradicts everything.
    func verdicts(_ naming: Naming) -> (fast: Bool, search: Bool) {
        let history = history(naming)
        let fast: any Check =
            naming == .versions
            ? LinearizableByVersions(maximumViolations: 0) : LinearizableByZones(maximumViolations: 0)
        let found = fast.examine(history)
        let search = LinearizableBySearch(maximumViolations: 0).examine(history)
        let isDecided = [found, search].allSatisfy { $0.verdict != .unknown || $0.reason!.hasPrefix("no read") }
        return (found.verdict == .violation, isDecided ? search.verdict == .violation : found.verdict != .violation)
    }

    /// The smallest part of a disputed history that is disputed.
    func shrunk(_ naming: Naming) -> SmallHistory {
        for index in steps.indices {
            var smaller = self
            smaller.steps.remove(at: index)
            if smaller.isDisputed(naming) { return smaller.shrunk(naming) }
        }
        return self
    }

    var description: String {
        steps.map { step in
            let end = step.end == Operation.never ? "never" : "\(step.end)"
            return "\(step.isWrite ? "write" : "read") \(step.label) \(step.outcome) from \(step.start) to \(end)"
        }.joined(separator: "\n")
    }
}

extension SmallHistory {
    /// Calls with every way in which `count` intervals can lie to each other, ties included, up to their order.
    static func forEachPlacing(of count: Int, _ body: ([(start: Int64, end: Int64)]) -> Void) {
        var intervals: [(start: Int64, end: Int64)] = []
        let times = Int64(2 * count)
        func place(_ used: UInt64) {
            if intervals.count == count {
                // No time is left out: the placing is its own normal form.
                if used & (used + 1) == 0 { body(intervals) }
                return
            }
            let last = intervals.last ?? (0, 0)
            for start in last.start..<times {
                for end in (start == last.start ? max(start, last.end) : start)..<times {
                    intervals.append((start, end))
                    place(used | 1 << UInt64(start) | 1 << UInt64(end))
                    intervals.removeLast()
                }
            }
        }
        place(0)
    }

    /// Every way to make `count` operations reads and writes of a register: writes have different labels from 1 up,
    /// reads return any of them, nothing, or what nobody wrote.
    static func labellings(of count: Int) -> [[(isWrite: Bool, label: Int64)]] {
        var all: [[(isWrite: Bool, label: Int64)]] = []
        for mask in 0..<(1 << count) {
            let writes = (0..<count).count { mask >> $0 & 1 == 1 }
            var chosen: [(isWrite: Bool, label: Int64)] = []
            func choose() {
                let index = chosen.count
                if index == count {
                    all.append(chosen)
                    return
                }
                let isWrite = mask >> index & 1 == 1
                for label in Int64(isWrite ? 1 : 0)...Int64(isWrite ? max(writes, 1) : writes + 1) {
                    if isWrite && chosen.contains(where: { $0.isWrite && $0.label == label }) { continue }
                    chosen.append((isWrite, label))
                    choose()
                    chosen.removeLast()
                }
            }
            choose()
        }
        return all
    }

    /// This history with every combination of outcomes of its writes and, with versions, of clients that never learnt
    /// what they wrote.
    func withEveryOutcome(_ naming: Naming) -> [SmallHistory] {
        var all = [self]
        for index in steps.indices where steps[index].isWrite {
            for history in all {
                for outcome in [Operation.Outcome.failed, .unknown] {
                    var other = history
                    other.steps[index].outcome = outcome
                    all.append(other)
                }
                if naming == .versions {
                    var other = history
                    other.steps[index].outcome = .unknown
                    other.steps[index].label = 0
                    all.append(other)
                }
            }
        }
        return all
    }
}

import History

/// How much a search may spend.
struct SearchBudget {
    var steps: Int
    var states: Int
    /// Asked every 4,096 steps.
    var isSpent: @Sendable () -> Bool
}

/// The search for an order of the operations of one key.
///
/// Starts and ends stand in a list in order of time, starts before ends at the same time, as intervals are closed. The
/// search takes any start that comes before the first end still in the list, if the register allows the operation,
/// removes the operation and goes on; at an end it goes back. A set of operations done, together with the register's
/// content, is tried once.
///
/// Two rules keep the number of orders small, and lose none that matters:
/// - A read that may come now comes now, and so does a compare-and-set that changes nothing. In any order in which it
///   comes later it could as well come first, so no other is tried in its place. (A write of what is there already is
///   another matter: later it would change something.)
/// - Of operations of unknown outcome that do the same, the one that began first is tried first. They never end, so any
///   order that has a later one and not this one has a twin with the two exchanged.
struct OrderSearch<Done: DoneSet> {
    private struct State: Hashable {
        var done: Done
        var content: RegisterSteps.Content
    }

    /// An operation that was put next.
    private struct Step {
        var index: Int
        var before: RegisterSteps.Content
        /// Nothing else needs trying in its place.
        var isForced: Bool
    }

    private let operations: [Operation]
    private let steps: RegisterSteps
    private let budget: SearchBudget
    /// For each operation of unknown outcome the one before it that does the same; -1 if there is none.
    private let twins: [Int32]
    /// For each operation those that come before it in the session of one worker although their stamps touch; empty if
    /// there are none at all.
    private let predecessors: [[Int32]]
    /// The list, as indices of events: operation `i` starts at event `2i + 1` and ends at `2i + 2`; 0 is its head.
    private var next: [Int32]
    private var previous: [Int32]

    /// - Parameter operations: reads that returned, writes that happened or may have, and compare-and-sets that were
    ///   refused, in order of their starts.
    init(_ operations: [Operation], by steps: RegisterSteps, budget: SearchBudget) {
        self.operations = operations
        self.steps = steps
        self.budget = budget
        twins = UncertainOperation.twins(operations)
        predecessors = Self.predecessors(operations)
        var events: [(time: Int64, isEnd: Bool, event: Int32)] = []
        for (index, operation) in operations.enumerated() {
            events.append((operation.start, false, Int32(2 * index + 1)))
            if operation.outcome != .unknown {
                events.append((max(operation.start, operation.end), true, Int32(2 * index + 2)))
            }
        }
        events.sort { ($0.time, $0.isEnd ? 1 : 0, $0.event) < ($1.time, $1.isEnd ? 1 : 0, $1.event) }
        next = [Int32](repeating: 0, count: 2 * operations.count + 1)
        previous = next
        var last: Int32 = 0
        for (_, _, event) in events {
            next[Int(last)] = event
            previous[Int(event)] = last
            last = event
        }
        next[Int(last)] = 0
        previous[0] = last
    }

    /// What a worker ended at the moment at which it began something else comes before that.
    private static func predecessors(_ operations: [Operation]) -> [[Int32]] {
        let byEnd = operations.indices.filter {
            operations[$0].worker >= 0 && operations[$0].settledEnd != Operation.never
        }
        .sorted { (operations[$0].end, operations[$0].worker) < (operations[$1].end, operations[$1].worker) }
        var result: [[Int32]] = []
        for (index, operation) in operations.enumerated() where operation.worker >= 0 {
            let place = (operation.start, operation.worker)
            let low = byEnd.countOfPrefix { (operations[$0].end, operations[$0].worker) < place }
            for earlier in byEnd[low...] {
                guard (operations[earlier].end, operations[earlier].worker) == place else { break }
                guard earlier != index, operations[earlier].precedes(operation) else { continue }
                if result.isEmpty { result = Array(repeating: [], count: operations.count) }
                result[index].append(Int32(earlier))
            }
        }
        return result
    }

    /// Whether all that comes before an operation in its session is done.
    private func isDue(_ index: Int, _ done: Done) -> Bool {
        predecessors.isEmpty || predecessors[index].allSatisfy { done.contains(Int($0)) }
    }

    /// Whether there is an order; `nil` if the budget was spent.
    mutating func run() -> Bool? {
        if budget.isSpent() { return nil }
        var state = State(done: Done(count: operations.count), content: RegisterSteps.Content())
        var visited: Set<State> = []
        var path: [Step] = []
        var required = operations.count { $0.outcome != .unknown }
        var count = 0
        var event = next[0]
        // The state is new: nothing has been tried in it.
        var isNew = true
        while required > 0 {
            count += 1
            if count > budget.steps || visited.count > budget.states { return nil }
            if count & 4095 == 0 && budget.isSpent() { return nil }
            if isNew {
                isNew = false
                if let forced = unchangingOperation(on: state) {
                    state.done.insert(forced)
                    remove(forced)
                    required -= 1
                    path.append(Step(index: forced, before: state.content, isForced: true))
                    isNew = visited.insert(state).inserted
                    event = isNew ? next[0] : 0
                    continue
                }
            }
            if event != 0 && event & 1 == 1 {
                let index = Int(event) / 2
                if let content = content(after: index, state) {
                    var following = state
                    following.done.insert(index)
                    following.content = content
                    if visited.insert(following).inserted {
                        path.append(Step(index: index, before: state.content, isForced: false))
                        state = following
                        remove(index)
                        if operations[index].outcome != .unknown { required -= 1 }
                        event = next[0]
                        isNew = true
                        continue
                    }
                }
                event = next[Int(event)]
            } else {
                guard let step = path.popLast() else { return false }
                state.done.remove(step.index)
                state.content = step.before
                restore(step.index)
                if operations[step.index].outcome != .unknown { required += 1 }
                // An end, or the head of the list, has the search go back further.
                event = step.isForced ? 0 : next[2 * step.index + 1]
            }
        }
        return true
    }

    /// An operation that may come now, is known to have happened, and changes nothing wherever it comes.
    private func unchangingOperation(on state: State) -> Int? {
        var event = next[0]
        while event & 1 == 1 {
            let index = Int(event) / 2
            let operation = operations[index]
            if operation.outcome != .unknown, operation.kind == .read || operation.kind == .compareAndSet,
                steps.content(after: operation, on: state.content) == state.content, isDue(index, state.done)
            {
                return index
            }
            event = next[Int(event)]
        }
        return nil
    }

    /// What the register holds after an operation; `nil` if it cannot come now, or need not be tried.
    private func content(after index: Int, _ state: State) -> RegisterSteps.Content? {
        guard isDue(index, state.done) else { return nil }
        let operation = operations[index]
        let isUncertain = operation.outcome == .unknown
        if isUncertain, case let twin = Int(twins[index]), twin >= 0, !state.done.contains(twin),
            isDue(twin, state.done)
        {
            return nil
        }
        let content = steps.content(after: operation, on: state.content)
        return isUncertain && content == state.content ? nil : content
    }

    private mutating func remove(_ index: Int) {
        unlink(2 * index + 1)
        if operations[index].outcome != .unknown { unlink(2 * index + 2) }
    }

    private mutating func restore(_ index: Int) {
        if operations[index].outcome != .unknown { link(2 * index + 2) }
        link(2 * index + 1)
    }

    private mutating func unlink(_ event: Int) {
        next[Int(previous[event])] = next[event]
        previous[Int(next[event])] = previous[event]
    }

    private mutating func link(_ event: Int) {
        next[Int(previous[event])] = Int32(event)
        previous[Int(next[event])] = Int32(event)
    }
}

/// What an operation of unknown outcome does, if it does anything.
private struct UncertainOperation: Hashable {
    let kind: Operation.Kind
    let version: Int64
    let value: Int64
    let expected: Int64
    let isAbsent: Bool
    let isTombstone: Bool

    init(_ operation: Operation) {
        kind = operation.kind
        version = operation.version
        value = operation.value
        expected = operation.kind == .compareAndSet ? operation.expected : 0
        isAbsent = operation.isAbsent
        isTombstone = operation.isTombstone
    }

    /// For each operation of unknown outcome the one before it that does the same; -1 if there is none. O(n).
    static func twins(_ operations: [Operation]) -> [Int32] {
        var last: [UncertainOperation: Int32] = [:]
        return operations.indices.map { index in
            guard operations[index].outcome == .unknown else { return -1 }
            let key = UncertainOperation(operations[index])
            defer { last[key] = Int32(index) }
            return last[key] ?? -1
        }
    }
}

/// The operations that a search has put in order so far.
protocol DoneSet: Hashable {
    /// Empty, with room for the indices below `count`.
    init(count: Int)
    mutating func insert(_ index: Int)
    mutating func remove(_ index: Int)
    func contains(_ index: Int) -> Bool
}

extension UInt64: DoneSet {
    init(count: Int) { self = 0 }
    mutating func insert(_ index: Int) { self |= 1 << UInt64(index) }
    mutating func remove(_ index: Int) { self &= ~(1 << UInt64(index)) }
    func contains(_ index: Int) -> Bool { self & (1 << UInt64(index)) != 0 }
}

extension [UInt64]: DoneSet {
    init(count: Int) { self.init(repeating: 0, count: (count + 63) / 64) }
    mutating func insert(_ index: Int) { self[index / 64].insert(index % 64) }
    mutating func remove(_ index: Int) { self[index / 64].remove(index % 64) }
    func contains(_ index: Int) -> Bool { self[index / 64].contains(index % 64) }
}

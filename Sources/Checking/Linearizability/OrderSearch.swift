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
/// search takes any start that comes before the first end still in the list, if the register allows the operation, removes
/// the operation and goes on; at an end it goes back. A set of operations done, together with the register's content, is
/// tried once.
struct OrderSearch<Done: DoneSet> {
    private struct State: Hashable {
        var done: Done
        var content: Int64
    }

    private let operations: [Operation]
    private let byVersion: Bool
    private let budget: SearchBudget
    /// Versions read that no write is known to have, ascending: a write whose version nobody learnt may have any.
    private let strange: [Int64]
    /// The list, as indices of events: operation `i` starts at event `2i + 1` and ends at `2i + 2`; 0 is its head.
    private var next: [Int32]
    private var previous: [Int32]

    /// - Parameter operations: reads that returned, writes that happened or may have.
    init(_ operations: [Operation], byVersion: Bool, budget: SearchBudget) {
        self.operations = operations
        self.byVersion = byVersion
        self.budget = budget
        let written = Set(operations.lazy.filter { $0.isWriting }.map(\.version))
        strange =
            byVersion
            ? Set(operations.lazy.filter { $0.kind == .read && $0.version != 0 }.map(\.version))
                .subtracting(written).sorted() : []
        var events: [(time: Int64, isEnd: Bool, event: Int32)] = []
        for (index, operation) in operations.enumerated() {
            events.append((operation.start, false, Int32(2 * index + 1)))
            if operation.outcome == .ok {
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

    /// Whether there is an order; `nil` if the budget was spent.
    mutating func run() -> Bool? {
        var state = State(done: Done(count: operations.count), content: 0)
        var visited: Set<State> = []
        var path: [(operation: Int, before: Int64)] = []
        var required = operations.count { $0.outcome == .ok }
        var steps = 0
        var event = next[0]
        while required > 0 {
            steps += 1
            if steps > budget.steps || visited.count > budget.states { return nil }
            if steps & 4095 == 0 && budget.isSpent() { return nil }
            if event != 0 && event & 1 == 1 {
                let index = Int(event) / 2
                if let content = content(after: operations[index], on: state.content) {
                    var following = state
                    following.done.insert(index)
                    following.content = content
                    if visited.insert(following).inserted {
                        path.append((index, state.content))
                        state = following
                        remove(index)
                        if operations[index].outcome == .ok { required -= 1 }
                        event = next[0]
                        continue
                    }
                }
                event = next[Int(event)]
            } else {
                guard let (index, before) = path.popLast() else { return false }
                state.done.remove(index)
                state.content = before
                restore(index)
                if operations[index].outcome == .ok { required += 1 }
                event = next[2 * index + 1]
            }
        }
        return true
    }

    /// What the register holds after the operation; `nil` if it cannot come now.
    private func content(after operation: Operation, on content: Int64) -> Int64? {
        switch operation.kind {
        case .read: return (byVersion ? operation.version : operation.value) == content ? content : nil
        case _ where !byVersion: return operation.kind == .delete ? 0 : operation.value
        case _ where operation.version == 0:
            // It may have any version that was read and that nothing else wrote. To pass over the lowest would leave its
            // reads without a write, so no other needs trying.
            return strange.first { $0 > content }
        default: return operation.version > content ? operation.version : nil
        }
    }

    private mutating func remove(_ index: Int) {
        unlink(2 * index + 1)
        if operations[index].outcome == .ok { unlink(2 * index + 2) }
    }

    private mutating func restore(_ index: Int) {
        if operations[index].outcome == .ok { link(2 * index + 2) }
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

/// The operations that a search has put in order so far.
protocol DoneSet: Hashable {
    /// Empty, with room for the indices below `count`.
    init(count: Int)
    mutating func insert(_ index: Int)
    mutating func remove(_ index: Int)
}

extension UInt64: DoneSet {
    init(count: Int) { self = 0 }
    mutating func insert(_ index: Int) { self |= 1 << UInt64(index) }
    mutating func remove(_ index: Int) { self &= ~(1 << UInt64(index)) }
}

extension [UInt64]: DoneSet {
    init(count: Int) { self.init(repeating: 0, count: (count + 63) / 64) }
    mutating func insert(_ index: Int) { self[index / 64].insert(index % 64) }
    mutating func remove(_ index: Int) { self[index / 64].remove(index % 64) }
}

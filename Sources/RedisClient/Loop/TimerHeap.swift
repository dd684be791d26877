import HeapModule

/// Timers in the order of their deadlines. The heap only says which timers are due.
///
/// Inserting and removing are O(log n). Cancelling is O(1) amortised: a cancelled timer stays in the heap until it
/// would be due, or until such timers are the majority.
struct TimerHeap<Action> {
    /// Identifies a timer.
    typealias Identifier = UInt64

    private struct Item: Comparable {
        var deadline: UInt64
        var identifier: Identifier

        static func < (left: Item, right: Item) -> Bool { left.deadline < right.deadline }
    }

    private var items = Heap<Item>()
    private var actions: [Identifier: Action] = [:]
    private var lastIdentifier: Identifier = 0

    /// The number of waiting timers.
    var count: Int { actions.count }

    /// The first deadline, or ``MonotonicTime/never``. Drops cancelled timers before it.
    mutating func nextDeadline() -> UInt64 {
        while let first = items.min {
            if actions[first.identifier] != nil { return first.deadline }
            items.removeMin()
        }
        return MonotonicTime.never
    }

    mutating func insert(_ action: Action, deadline: UInt64) -> Identifier {
        lastIdentifier += 1
        actions[lastIdentifier] = action
        items.insert(Item(deadline: deadline, identifier: lastIdentifier))
        return lastIdentifier
    }

    /// Cancels a timer. No effect if it has fired.
    mutating func cancel(_ identifier: Identifier) {
        guard actions.removeValue(forKey: identifier) != nil else { return }
        if items.count > 64, items.count > 2 * actions.count {
            items = Heap(items.unordered.filter { actions[$0.identifier] != nil })
        }
    }

    /// Removes and returns the first timer whose deadline is not after `now`.
    mutating func popDue(now: UInt64) -> Action? {
        while let first = items.min {
            guard actions[first.identifier] == nil || first.deadline <= now else { return nil }
            items.removeMin()
            if let action = actions.removeValue(forKey: first.identifier) { return action }
        }
        return nil
    }
}

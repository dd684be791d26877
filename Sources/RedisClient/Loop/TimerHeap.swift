/// Timers in the order of their deadlines: a binary heap that says what is due and does nothing itself.
///
/// Inserting and taking are O(log n). Cancelling is O(1): the heap keeps a cancelled timer until it would be due, or
/// until such leftovers are the greater part.
struct TimerHeap<Action> {
    /// Names a timer.
    typealias Identifier = UInt64

    private struct Item {
        var deadline: UInt64
        var identifier: Identifier
    }

    private var items: [Item] = []
    private var actions: [Identifier: Action] = [:]
    private var lastIdentifier: Identifier = 0

    /// How many timers are waiting.
    var count: Int { actions.count }

    /// The first deadline, or ``MonotonicTime/never``. Cancelled timers are dropped on the way.
    mutating func nextDeadline() -> UInt64 {
        while let first = items.first {
            if actions[first.identifier] != nil { return first.deadline }
            removeFirst()
        }
        return MonotonicTime.never
    }

    mutating func insert(_ action: Action, deadline: UInt64) -> Identifier {
        lastIdentifier += 1
        actions[lastIdentifier] = action
        items.append(Item(deadline: deadline, identifier: lastIdentifier))
        siftUp(from: items.count - 1)
        return lastIdentifier
    }

    /// Forgets a timer; harmless if it is gone.
    mutating func cancel(_ identifier: Identifier) {
        guard actions.removeValue(forKey: identifier) != nil else { return }
        if items.count > 64, items.count > 2 * actions.count {
            items = items.filter { actions[$0.identifier] != nil }.sorted { $0.deadline < $1.deadline }
        }
    }

    /// Takes the first timer whose deadline is not after `now`.
    mutating func popDue(now: UInt64) -> Action? {
        while let first = items.first {
            guard actions[first.identifier] == nil || first.deadline <= now else { return nil }
            removeFirst()
            if let action = actions.removeValue(forKey: first.identifier) { return action }
        }
        return nil
    }

    private mutating func removeFirst() {
        let last = items.removeLast()
        guard !items.isEmpty else { return }
        items[0] = last
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2]
            where child < items.count && items[child].deadline < items[least].deadline { least = child }
            if least == index { return }
            items.swapAt(index, least)
            index = least
        }
    }

    private mutating func siftUp(from start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            if items[parent].deadline <= items[index].deadline { return }
            items.swapAt(index, parent)
            index = parent
        }
    }
}

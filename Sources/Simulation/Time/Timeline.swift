/// The sleeping tasks. A binary heap by deadline, then by ticket.
struct Timeline {
    typealias Sleeper = UnsafeContinuation<Void, any Error>

    private struct Entry {
        let deadline: Int64
        let ticket: Int
        /// Nil if the sleep was cancelled. `advance` then drops the entry.
        var sleeper: Sleeper?

        func precedes(_ other: Entry) -> Bool {
            deadline != other.deadline ? deadline < other.deadline : ticket < other.ticket
        }
    }

    /// Nanoseconds since the beginning of the run.
    private(set) var now: Int64 = 0
    private var nextTicket = 0
    private var heap: [Entry] = []

    mutating func reset() {
        now = 0
        nextTicket = 0
        heap.removeAll(keepingCapacity: true)
    }

    /// Returns a number for a sleep before it begins, so that its cancellation can name it.
    mutating func makeTicket() -> Int {
        nextTicket += 1
        return nextTicket
    }

    mutating func add(_ sleeper: Sleeper, until deadline: Int64, ticket: Int) {
        heap.append(Entry(deadline: deadline, ticket: ticket, sleeper: sleeper))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].precedes(heap[parent]) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Removes the sleeper with the ticket and returns it, or nil if there is none. O(sleepers).
    mutating func remove(_ ticket: Int) -> Sleeper? {
        guard let index = heap.firstIndex(where: { $0.ticket == ticket }) else { return nil }
        defer { heap[index].sleeper = nil }
        return heap[index].sleeper
    }

    /// Moves the time to the next deadline of a sleeper. Returns the sleepers that wake then, the earliest first. The
    /// result is empty if no task sleeps.
    mutating func advance() -> [Sleeper] {
        var woken: [Sleeper] = []
        while let first = heap.first, woken.isEmpty || first.deadline <= now {
            removeFirst()
            guard let sleeper = first.sleeper else { continue }
            now = max(now, first.deadline)
            woken.append(sleeper)
        }
        return woken
    }

    /// Removes all sleepers and returns them, the earliest first. The time does not change.
    mutating func removeAll() -> [Sleeper] {
        let time = now
        defer { now = time }
        var all: [Sleeper] = []
        while true {
            let woken = advance()
            if woken.isEmpty { return all }
            all += woken
        }
    }

    private mutating func removeFirst() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].precedes(heap[least]) { least = child }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}

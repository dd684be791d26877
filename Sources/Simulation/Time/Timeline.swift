import HeapModule

/// The sleeping tasks, by deadline, then by ticket.
struct Timeline {
    typealias Sleeper = UnsafeContinuation<Void, any Error>

    private struct Entry: Comparable {
        let deadline: Int64
        let ticket: Int
        let sleeper: Sleeper

        static func == (left: Entry, right: Entry) -> Bool { left.ticket == right.ticket }

        static func < (left: Entry, right: Entry) -> Bool {
            left.deadline != right.deadline ? left.deadline < right.deadline : left.ticket < right.ticket
        }
    }

    /// Nanoseconds since the beginning of the run.
    private(set) var now: Int64 = 0
    private var nextTicket = 0
    private var heap = Heap<Entry>()
    /// The tickets of cancelled sleeps. `advance` drops their entries.
    private var cancelled: Set<Int> = []

    mutating func reset() {
        now = 0
        nextTicket = 0
        if !heap.isEmpty { heap = Heap() }
        cancelled.removeAll(keepingCapacity: true)
    }

    /// Returns a number for a sleep before it begins, so that its cancellation can name it.
    mutating func makeTicket() -> Int {
        nextTicket += 1
        return nextTicket
    }

    mutating func add(_ sleeper: Sleeper, until deadline: Int64, ticket: Int) {
        heap.insert(Entry(deadline: deadline, ticket: ticket, sleeper: sleeper))
    }

    /// Removes the sleeper with the ticket and returns it, or nil if there is none. O(sleepers).
    mutating func remove(_ ticket: Int) -> Sleeper? {
        guard let entry = heap.unordered.first(where: { $0.ticket == ticket }), cancelled.insert(ticket).inserted else {
            return nil
        }
        return entry.sleeper
    }

    /// Moves the time to the next deadline of a sleeper. Returns the sleepers that wake then, the earliest first. The
    /// result is empty if no task sleeps.
    mutating func advance() -> [Sleeper] {
        var woken: [Sleeper] = []
        while let first = heap.min, woken.isEmpty || first.deadline <= now {
            heap.removeMin()
            guard cancelled.isEmpty || cancelled.remove(first.ticket) == nil else { continue }
            now = max(now, first.deadline)
            woken.append(first.sleeper)
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
}

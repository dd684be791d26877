/// Probabilistic concurrency testing. Source: Burckhardt, Kothari, Musuvathi, Nagarakatte, *A Randomized Scheduler
/// with Probabilistic Guarantees of Finding Bugs*, ASPLOS 2010.
///
/// Every task has a random priority, and the task with the highest one runs. At `depth` - 1 decisions, drawn from the
/// first `decisions`, the running task's priority falls below all others. One run finds a bug that needs `depth`
/// orderings among n tasks and k decisions with a probability of at least 1 / (n · k^(depth-1)). An estimate of k
/// that is too large puts the changes behind the end of the run. O(runnable) for each decision.
struct PriorityScheduler: Scheduler {
    private var random: SeededRandom
    private var priorities: [UInt64] = []
    /// The decisions at which the priority of the running task falls, the latest first.
    private var changes: [Int]
    private var decision = 0
    /// The next lowest priority. It falls by one at each change, so a later change gives a lower priority.
    private var lowest: UInt64 = 1 << 32

    init(random: SeededRandom, depth: Int, decisions: Int) {
        self.random = random
        changes = []
        for _ in 1..<depth { changes.append(1 + self.random.below(max(1, decisions))) }
        changes.sort(by: >)
    }

    mutating func choose(from runnable: Span<Int>, running: Int, mayGoOn: Bool) -> Int {
        decision += 1
        while let change = changes.last, change <= decision {
            changes.removeLast()
            lowest -= 1
            _ = priority(of: running)
            priorities[running] = lowest
        }
        var best = mayGoOn ? runnable.count : 0
        var highest = priority(of: mayGoOn ? running : runnable[0])
        for index in runnable.indices {
            let priority = priority(of: runnable[index])
            if priority > highest {
                highest = priority
                best = index
            }
        }
        return best
    }

    @inline(__always)
    private mutating func priority(of task: Int) -> UInt64 {
        while task >= priorities.count { priorities.append(random.next() | 1 << 63) }
        return priorities[task]
    }
}

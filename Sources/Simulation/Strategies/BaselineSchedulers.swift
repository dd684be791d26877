struct FirstComeScheduler: Scheduler {
    func choose(from runnable: Span<Int>, running: Int, mayGoOn: Bool) -> Int { mayGoOn ? runnable.count : 0 }
}

struct RoundRobinScheduler: Scheduler {
    func choose(from runnable: Span<Int>, running: Int, mayGoOn: Bool) -> Int { 0 }
}

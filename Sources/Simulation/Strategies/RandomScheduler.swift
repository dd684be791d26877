struct RandomScheduler: Scheduler {
    var random: SeededRandom

    mutating func choose(from runnable: Span<Int>, running: Int, mayGoOn: Bool) -> Int {
        random.below(mayGoOn ? runnable.count + 1 : runnable.count)
    }
}

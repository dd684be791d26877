/// Random, but a coin decides first whether the task at a point goes on.
///
/// Where many tasks can run, choosing among all of them alike stops a task at almost every point: it hardly ever passes two
/// in a row, and each stop costs a suspension. With the coin every order remains possible, a task passes two points in a row as
/// often with twenty others as with one, and a schedule takes fewer steps.
struct LingeringScheduler: Scheduler {
    var random: SeededRandom

    mutating func choose(from runnable: Span<Int>, running: Int, mayGoOn: Bool) -> Int {
        if mayGoOn, random.below(2) == 0 { return runnable.count }
        return random.below(runnable.count)
    }
}

/// Decides which task runs next during one run. A strategy is this one function.
public protocol Scheduler {
    /// Chooses the task that runs next.
    ///
    /// The engine calls it only if there is more than one option. The result must depend only on the state of the
    /// scheduler and on the arguments. Otherwise the run cannot be repeated.
    ///
    /// - Parameters:
    ///   - runnable: the numbers of the tasks that can run, in the order in which they became runnable. Not empty. A
    ///     task can appear twice: the mailbox of an actor has the number of the task that called the actor.
    ///   - running: the number of the task that ran last.
    ///   - mayGoOn: whether that task is at a point and can continue. Then it is not among `runnable`.
    /// - Returns: an index in `runnable`. If `mayGoOn`, also `runnable.count`: the running task continues.
    mutating func choose(from runnable: Span<Int>, running: Int, mayGoOn: Bool) -> Int
}

/// The scheduler of `Strategy.firstCome`.
struct FirstComeScheduler: Scheduler {
    func choose(from runnable: Span<Int>, running: Int, mayGoOn: Bool) -> Int { mayGoOn ? runnable.count : 0 }
}

/// The scheduler of `Strategy.roundRobin`.
struct RoundRobinScheduler: Scheduler {
    func choose(from runnable: Span<Int>, running: Int, mayGoOn: Bool) -> Int { 0 }
}

/// The scheduler of `Strategy.random`.
struct RandomScheduler: Scheduler {
    var random: SeededRandom

    mutating func choose(from runnable: Span<Int>, running: Int, mayGoOn: Bool) -> Int {
        random.below(mayGoOn ? runnable.count + 1 : runnable.count)
    }
}

/// Random, but first a coin decides whether the task at a point continues.
///
/// If many tasks can run and all are equally likely, a task stops at almost every point, and each stop costs a
/// suspension. With the coin every order remains possible, and a schedule takes fewer steps: a task passes two points
/// in a row as often with twenty other tasks as with one.
struct LingeringScheduler: Scheduler {
    var random: SeededRandom

    mutating func choose(from runnable: Span<Int>, running: Int, mayGoOn: Bool) -> Int {
        if mayGoOn, random.below(2) == 0 { return runnable.count }
        return random.below(runnable.count)
    }
}

/// The scheduler of `Strategy.replay(_:)`.
struct ReplayScheduler: Scheduler {
    private let codes: [UInt32]
    private var decision = 0

    init(_ schedule: Schedule) { codes = schedule.codes }

    mutating func choose(from runnable: Span<Int>, running: Int, mayGoOn: Bool) -> Int {
        let choice = decision < codes.count ? Choice(code: codes[decision]) : .usual
        decision += 1
        return choice.index(among: runnable, running: running, mayGoOn: mayGoOn)
            ?? Choice.usualIndex(among: runnable, running: running, mayGoOn: mayGoOn)
    }
}

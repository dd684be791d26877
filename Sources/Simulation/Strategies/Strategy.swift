/// How the simulation chooses schedules. A strategy creates a scheduler for each run.
public struct Strategy: Sendable, CustomStringConvertible {
    /// The name in reports.
    public let name: String
    private let make: @Sendable (SeededRandom, Int) -> any Scheduler

    /// Creates a strategy.
    ///
    /// - Parameters:
    ///   - name: the name in reports.
    ///   - make: creates the scheduler of one run. It gets the random numbers of the run and the expected number of
    ///     decisions, which is that of the previous run if there was one.
    public init(name: String, _ make: @escaping @Sendable (_ random: SeededRandom, _ decisions: Int) -> any Scheduler) {
        self.name = name
        self.make = make
    }

    /// The name.
    public var description: String { name }

    func scheduler(seed: UInt64, decisions: Int) -> any Scheduler {
        make(SeededRandom(seed: seed).split("schedule"), decisions)
    }

    /// Every runnable task is equally likely at every decision. It finds races between short stretches of code.
    public static let random = Strategy(name: "random") { random, _ in RandomScheduler(random: random) }

    /// At a point the running task continues with a probability of one half. Otherwise every other task is equally
    /// likely.
    ///
    /// It finds the same races as ``random``. If many tasks can run, its schedules take fewer steps.
    public static let lingering = Strategy(name: "lingering") { random, _ in LingeringScheduler(random: random) }

    /// Probabilistic concurrency testing: random priorities, and `depth` - 1 moments at which the running task's
    /// priority falls below all others.
    ///
    /// It finds races in which one task is slow for long. Source: Burckhardt and others, ASPLOS 2010.
    ///
    /// - Parameter depth: the number of orderings that a bug needs, at least 1.
    public static func priorities(depth: Int) -> Strategy {
        precondition(depth >= 1, "a depth counts the orderings that a bug needs, at least 1")
        return Strategy(name: "priorities(\(depth))") { random, decisions in
            PriorityScheduler(random: random, depth: depth, decisions: decisions)
        }
    }

    /// A task runs until it waits. Then the task that became runnable first runs. A baseline with one schedule.
    public static let firstCome = Strategy(name: "first come") { _, _ in FirstComeScheduler() }

    /// At every point the next runnable task runs. A baseline with one schedule.
    public static let roundRobin = Strategy(name: "round robin") { _, _ in RoundRobinScheduler() }

    /// The decisions of a recorded run. If a decision is missing or does not fit, the running task continues, or the
    /// task that became runnable first runs.
    public static func replay(_ schedule: Schedule) -> Strategy {
        Strategy(name: "replay") { _, _ in ReplayScheduler(schedule) }
    }
}

extension [Strategy] {
    /// The strategies that an exploration uses in turn by default: random, and priorities of depth 3 and 5. Each
    /// finds races that the others miss.
    public static var alternating: [Strategy] { [.random, .priorities(depth: 3), .priorities(depth: 5)] }
}

/// The number of decisions in the last run of each strategy. A strategy that places changes in a run needs an
/// estimate of its length.
///
/// The table has an entry for each strategy, because a strategy that lets a task continue meets fewer decisions than
/// one that always changes.
package struct StrategyTuning: Sendable, Hashable {
    private var decisions: [String: Int] = [:]
    /// The number of decisions in the last run of any strategy. It is the estimate for a strategy that has not run
    /// yet.
    private var last = 100

    /// Creates a table without runs.
    package init() {}

    /// The expected number of decisions in the next run of a strategy: that of its last run.
    package func decisions(of strategy: Strategy) -> Int { decisions[strategy.name] ?? last }

    mutating func learn(_ count: Int, of strategy: Strategy) {
        guard count > 0 else { return }
        decisions[strategy.name] = count
        last = count
    }
}

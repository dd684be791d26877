/// How schedules are chosen: makes a scheduler for each run.
public struct Strategy: Sendable, CustomStringConvertible {
    public let name: String
    private let make: @Sendable (SeededRandom, Int) -> any Scheduler

    /// - Parameters:
    ///   - name: for reports.
    ///   - make: makes the scheduler of one run from the run's random numbers and from how many decisions the run will
    ///     probably have (of the previous run, where there is one).
    public init(name: String, _ make: @escaping @Sendable (_ random: SeededRandom, _ decisions: Int) -> any Scheduler) {
        self.name = name
        self.make = make
    }

    public var description: String { name }

    func scheduler(seed: UInt64, decisions: Int) -> any Scheduler {
        make(SeededRandom(seed: seed).split("schedule"), decisions)
    }

    /// Every runnable task is equally likely, at every decision. Good at races between short stretches of code.
    public static let random = Strategy(name: "random") { random, _ in RandomScheduler(random: random) }

    /// At a point the running task goes on as often as not; otherwise every other task is equally likely. See
    /// `LingeringScheduler`. Good at the same races as ``random``, in schedules of fewer steps where many tasks can run.
    public static let lingering = Strategy(name: "lingering") { random, _ in LingeringScheduler(random: random) }

    /// Probabilistic concurrency testing: random priorities, and `depth` - 1 moments at which the running task falls
    /// behind all others. See `PriorityScheduler`. Good at races in which somebody must be slow for long.
    public static func priorities(depth: Int) -> Strategy {
        precondition(depth >= 1, "a depth counts the orderings that a bug needs, at least 1")
        return Strategy(name: "priorities(\(depth))") { random, decisions in
            PriorityScheduler(random: random, depth: depth, decisions: decisions)
        }
    }

    /// A task runs until it waits; then whoever became runnable first. A baseline: always the same one schedule.
    public static let firstCome = Strategy(name: "first come") { _, _ in FirstComeScheduler() }

    /// At every point the next in line takes over. A baseline: always the same one schedule.
    public static let roundRobin = Strategy(name: "round robin") { _, _ in RoundRobinScheduler() }

    /// The choices of a recorded run; where they end or do not fit, as `firstCome` but staying with the task that ran.
    public static func replay(_ schedule: Schedule) -> Strategy {
        Strategy(name: "replay") { _, _ in ReplayScheduler(schedule) }
    }
}

extension [Strategy] {
    /// What exploring alternates between, unless told otherwise. They miss different things.
    public static var alternating: [Strategy] { [.random, .priorities(depth: 3), .priorities(depth: 5)] }
}

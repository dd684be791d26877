/// A fault that a scenario injects: what, when, and for how long. It means the same in every world.
public struct Fault: Sendable, Hashable {
    /// What goes wrong.
    public enum Action: Sendable, Hashable {
        /// The victim ends at once, without closing anything. An instance loses its memory and keeps the host's disk;
        /// whether Redis keeps its data is part of the fault, and `nil` for others. The origin keeps its rows, and
        /// refuses every load and every commit as long as it is away.
        case crash(Remains?)
        /// The victim stands still, and continues afterwards. What is asked of an origin waits, and what it has found
        /// or committed is told afterwards.
        case pause
        /// Nothing passes between an instance and Redis, and no connection is closed: both wait until they give up.
        /// ``Fault/passes`` says what passes all the same.
        case partition
        /// An instance's connections to Redis are closed, and what was under way on them is lost. It may connect again
        /// at once.
        case disconnect
        /// Everything between an instance and Redis takes so much longer, in each direction; likewise what is asked of
        /// the origin.
        case delay(Duration)
        /// An instance's clock jumps ahead, and stays ahead.
        case skew(Duration)
        /// Redis has no memory left, and refuses whatever might need more.
        case memoryPressure
        /// Redis has so little memory that for each operation that is done it gives up a key, whichever.
        case eviction
        /// A replica of Redis falls behind when this begins. When it ends Redis is killed, and the replica takes its
        /// place with what it had received until then.
        case failover
        /// The origin finds what it is asked to load, and tells it only afterwards. Commits pass.
        case hold
    }

    /// What a Redis that crashed has when it is back.
    public enum Remains: String, Sendable, Hashable, CaseIterable {
        /// Everything that it had ever confirmed.
        case kept
        /// Nothing.
        case lost
    }

    /// One of the two directions between an instance and Redis.
    public enum Direction: String, Sendable, Hashable, CaseIterable {
        /// What the instance sends.
        case requests
        /// What Redis answers and announces.
        case answers
    }

    /// What a fault hits.
    public enum Victim: Sendable, Hashable {
        /// The Redis server.
        case redis
        /// Counted from 0.
        case instance(Int)
        /// All instances.
        case everyInstance
        /// The system of record.
        case origin
    }

    /// When it ends.
    public enum End: Sendable, Hashable {
        /// When this fraction of the last phase's operations is done; 1 is the phase's end. At the latest when nobody
        /// but the victims has anything left to do.
        case share(Double)
        /// So long after it began. No time scale shortens it.
        case after(Duration)
    }

    /// That it comes again and again.
    public struct Repetition: Sendable, Hashable {
        /// From one beginning to the next. No time scale shortens it.
        public var interval: Duration
        /// It does not begin again once this fraction of the last phase's operations is done.
        public var until: Double

        /// Makes a repetition.
        /// - Parameters:
        ///     - interval: from one beginning to the next.
        ///     - until: a fraction of the last phase's operations, from 0 to 1.
        public init(every interval: Duration, until: Double) {
            self.interval = interval
            self.until = until
        }
    }

    /// What goes wrong.
    public var action: Action
    /// What it hits.
    public var victim: Victim
    /// What a partition lets through; `nil` for nothing.
    public var passes: Direction?
    /// The names of the phases in which it is on, one after the other in the scenario; never empty.
    public var phases: [String]
    /// It begins when this fraction of the first phase's operations is done; 0 is before the first of them.
    public var start: Double
    /// `nil` for what takes no time: it begins and is over.
    public var end: End?
    /// `nil` for what happens once. What is repeated ends after a time.
    public var repetition: Repetition?
    /// Whether it waits, once it is due, until the victim's next write is committed at the origin, and strikes then,
    /// before anything of what follows has happened. Of crashes of instances only, which are followed by the restart at
    /// once.
    public var isAtCommit = false
    /// Whether it begins and ends whenever the schedule lets it, as in an exhaustive exploration, which visits every
    /// moment of the phase: shares are not looked at then. No file says so.
    public var isAtAnyMoment = false

    /// Makes a fault that happens once.
    /// - Parameters:
    ///     - phases: names of phases that follow each other; at least one.
    ///     - start: a fraction of the first phase's operations, from 0 to 1.
    ///     - end: `nil` for what takes no time.
    public init(_ action: Action, of victim: Victim, during phases: [String], from start: Double = 0, until end: End?) {
        self.action = action
        self.victim = victim
        self.phases = phases
        self.start = start
        self.end = end
    }
}

extension Fault {
    /// Whether it hits the server, and so everybody who uses it.
    public var concernsServer: Bool { victim == .redis }

    /// Whether it hits the system of record.
    public var concernsOrigin: Bool { victim == .origin }

    /// Whether it hits the way between an instance and Redis, and neither of the two.
    public var concernsWay: Bool {
        switch action {
        case .partition, .disconnect: true
        case .delay: !concernsOrigin
        case .crash, .pause, .skew, .memoryPressure, .eviction, .failover, .hold: false
        }
    }

    /// Whether the victims have to recover from it. A clock that is ahead stays ahead, and instances have lost nothing
    /// when their origin is back.
    public var needsRecovery: Bool {
        if case .skew = action { false } else { !concernsOrigin }
    }
    /// Whether its victim ends, and another process or instance takes its place.
    public var isCrash: Bool { if case .crash = action { !concernsOrigin } else { false } }

    /// The victims among the instances; all of them if it is Redis or the origin.
    public func instances(of cluster: Cluster) -> Range<Int> {
        if case .instance(let number) = victim { return number..<number + 1 }
        return 0..<cluster.instances
    }
}

extension Fault: CustomStringConvertible {
    /// In a few words: `crash of redis, its data lost, every 1 s`.
    public var description: String {
        words + (repetition.map { ", every \(Quantity($0.interval / .nanoseconds(1), .nanoseconds))" } ?? "")
    }

    private var words: String {
        switch action {
        case .crash(let remains):
            "crash of \(victim)" + (isAtCommit ? " at a commit" : "")
                + (remains.map { ", its data \($0.rawValue)" } ?? "")
        case .pause: "pause of \(victim)"
        case .partition: "partition of \(victim)" + (passes.map { " that lets \($0.rawValue) pass" } ?? "")
        case .disconnect: "disconnection of \(victim)"
        case .delay(let time): "delay of \(victim) by \(Quantity(time / .nanoseconds(1), .nanoseconds))"
        case .skew(let time): "clock of \(victim) ahead by \(Quantity(time / .nanoseconds(1), .nanoseconds))"
        case .memoryPressure: "no memory left in \(victim)"
        case .eviction: "eviction in \(victim)"
        case .failover: "failover of \(victim) to a replica that lags"
        case .hold: "hold of what \(victim) loads"
        }
    }
}

extension Fault.Victim: CustomStringConvertible {
    /// As a file names it; instances are counted from 1 there.
    public var description: String {
        switch self {
        case .redis: "redis"
        case .instance(let number): "instance \(number + 1)"
        case .everyInstance: "every instance"
        case .origin: "origin"
        }
    }
}

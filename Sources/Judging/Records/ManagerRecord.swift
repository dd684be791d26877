import Checking
import History

/// What became of the managers of a run: how many there were, what they kept open, how their calls ended, and what
/// their circuit breakers did.
public struct ManagerRecord: Sendable, Hashable {
    /// The manager of one process.
    public struct Process: Sendable, Hashable {
        /// Of the operating system.
        public var process: Int32
        /// How many tasks asked for a manager at once, before anything else.
        public var tasks: Int
        /// How many different ones they were given.
        public var managers: Int
        /// `nil` if the process was killed before it could tell.
        public var calls: Calls?
        /// In their order.
        public var transitions: [Transition] = []

        package init(
            process: Int32, tasks: Int, managers: Int, calls: Calls? = nil, transitions: [Transition] = []
        ) {
            self.process = process
            self.tasks = tasks
            self.managers = managers
            self.calls = calls
            self.transitions = transitions
        }
    }

    /// How calls of a manager ended.
    public struct Calls: Sendable, Hashable, Codable {
        /// With a reply, if only an error reply.
        public var answered = 0
        /// Refused by the breaker at once: nothing was sent.
        public var refused = 0
        /// Without a reply, and certainly not carried out; by the name of the error.
        public var failed: [String: Int] = [:]
        /// Without a reply, and perhaps carried out; by the name of the error.
        public var unknown: [String: Int] = [:]

        /// No call yet.
        public init() {}
    }

    /// A change of a circuit breaker.
    public struct Transition: Sendable, Hashable, Codable {
        /// `closed`, `open` or `half-open`.
        public var from: String
        public var to: String
        /// Nanoseconds since the first phase began; before that on the run's clock.
        public var time: Int64

        package init(from: String, to: String, time: Int64) {
            self.from = from
            self.to = to
            self.time = time
        }

        private static let closed = "closed"
        /// Whether calls are refused from now on that went through before.
        var opens: Bool { from == Self.closed }
        /// Whether all calls go through again.
        var closes: Bool { to == Self.closed }
    }

    /// The most connections that the pool of each may have.
    public var limit: Int
    /// In order of their numbers; of a place whose process was killed each that was in it.
    public var processes: [Process]
    /// How often the server was asked for a list of its connections, and how often in vain. None if no check asked for
    /// that.
    public package(set) var lists = 0
    public package(set) var listsMissed = 0
    /// The most connections of any one pool that was seen in them.
    public package(set) var mostConnections = 0

    package init(limit: Int, processes: [Process]) {
        self.limit = limit
        self.processes = processes.sorted { $0.process < $1.process }
    }

    /// Takes from the history what its gauges say about connections.
    package mutating func count(in history: History) {
        let subjects = history.keys.map { Connections.Subject(key: $0) }
        for gauge in history.operations where gauge.kind == .gauge && gauge.key >= 0 {
            switch subjects[Int(gauge.key)] {
            case .list where gauge.outcome == .ok: lists += 1
            case .list: listsMissed += 1
            case .pool: mostConnections = max(mostConnections, Int(gauge.value))
            default: break
            }
        }
    }

    /// The same, with times counted from another moment.
    package func counted(from origin: Int64) -> ManagerRecord {
        var record = self
        for process in record.processes.indices {
            for index in record.processes[process].transitions.indices {
                record.processes[process].transitions[index].time -= origin
            }
        }
        return record
    }
}

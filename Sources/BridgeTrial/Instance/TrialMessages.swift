import EventBridge

/// The settings of a process of a trial. It is the first line of standard input, where lists of processes do not show
/// it.
struct TrialInstanceSettings: Sendable, Codable {
    var number: Int
    var plan: TrialPlan
    /// The server as a URL.
    var redis: String
    /// The name of its connections at the server.
    var connection: String
    /// The name of the bridge in Redis.
    var bridge: String
    /// The time after which the stream of the bridge expires. `nil` on a server of the trial's own.
    var lifetime: Duration?
    /// The file in which a victim stores its state for its replacement.
    var journal: String?
    /// Whether this process replaces a killed one.
    var isRestarted = false

    /// The name of an instance in its events.
    static func name(_ number: Int) -> String { "instance-\(number)" }
}

/// An order of the coordinator to a process, one line each on standard input. The end of the input ends the process.
enum TrialOrder: Codable, Sendable {
    /// Start to publish at this moment of the monotonic clock.
    case start(at: Int64)
    /// Send a mark.
    case mark
    /// These are the numbers of published events of all living instances. Report when each event has arrived or is
    /// known to be missing.
    case expect([Int: UInt64])
    /// Send a report with this number.
    case report(Int)
}

/// A message of a process to the coordinator, one line each on standard output.
enum TrialMessage: Codable, Sendable {
    /// The subscription works.
    case ready
    /// The server has confirmed all published events. The value is their number.
    case published(UInt64)
    /// Each expected event has arrived or is known to be missing.
    case complete
    /// The counts so far, and the number of the order.
    case report(InstanceReport, Int)
    case failed(String)
}

/// The counts of one process in a trial.
public struct InstanceReport: Sendable, Hashable, Codable {
    /// The counts of the bridge itself.
    public var bridge = BridgeCounts()
    /// For each source instance, the number of different events that the application received.
    public var delivered: [Int: UInt64] = [:]
    /// The events that the application received more than once.
    public var duplicates: UInt64 = 0
    /// The own events that the application received.
    public var selfReceived: UInt64 = 0
    /// The events that could not be published, plus the messages that are not frames of a bridge.
    public var errors: UInt64 = 0
    /// The longest outage of the subscription in nanoseconds.
    public var longestAbsence: UInt64 = 0
    /// The latencies from the planned moment of an event to its delivery, each with its frequency.
    public var latencies: [LatencyCount] = []

    /// A latency and its frequency.
    public struct LatencyCount: Sendable, Hashable, Codable {
        /// The latency in nanoseconds.
        public var nanoseconds: UInt64
        /// The number of deliveries with this latency.
        public var count: UInt64
    }
}

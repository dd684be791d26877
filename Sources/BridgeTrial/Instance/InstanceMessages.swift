import EventBridge

/// All that a process of a trial needs to know; the first line of its standard input, where no list of processes shows
/// it.
struct InstanceSettings: Sendable, Codable {
    var number: Int
    var plan: TrialPlan
    /// The server, as a URL.
    var redis: String
    /// What its connections are called at the server.
    var connection: String
    /// The bridge's name in Redis.
    var bridge: String
    /// After which the bridge's stream goes by itself; `nil` on a server of the trial's own.
    var lifetime: Duration?
    /// Where an instance that will be killed keeps what the one that takes its place is to know.
    var journal: String?
    /// Whether it takes the place of one that was killed.
    var isRestarted = false

    /// An instance's name in its events.
    static func name(_ number: Int) -> String { "instance-\(number)" }
}

/// What the conductor tells a process, one line each on its standard input. The end of the input ends the process.
enum InstanceOrder: Codable, Sendable {
    /// Publish, beginning at this moment of the monotonic clock.
    case start(at: Int64)
    /// Say how far you have come.
    case mark
    /// So much has been published by each instance that lives: say when all of it has come or is known to be missing.
    case expect([Int: UInt64])
    /// Send the report. The number comes back with it.
    case report(Int)
}

/// What a process tells the conductor, one line each on its standard output.
enum InstanceMessage: Codable, Sendable {
    /// The subscription stands.
    case ready
    /// Everything has been published, and the server has confirmed it.
    case published(UInt64)
    /// What was expected has come, or is known to be missing.
    case complete
    /// What was counted up to now, and the number of the order.
    case report(InstanceReport, Int)
    case failed(String)
}

/// What a process has counted in a trial.
public struct InstanceReport: Sendable, Hashable, Codable {
    /// What the bridge says of itself.
    public var bridge = BridgeCounts()
    /// What the application was given, of each instance, each event once.
    public var delivered: [Int: UInt64] = [:]
    /// Events that the application was given again.
    public var duplicates: UInt64 = 0
    /// Own events that the application was given.
    public var selfReceived: UInt64 = 0
    /// Events that could not be published, and messages that were no frame of a bridge.
    public var errors: UInt64 = 0
    /// The longest time for which the subscription was away, in nanoseconds.
    public var longestAbsence: UInt64 = 0
    /// Latencies in nanoseconds, from the moment that was planned for the event to its delivery, each with how often it
    /// occurred.
    public var latencies: [LatencyCount] = []

    public struct LatencyCount: Sendable, Hashable, Codable {
        public var nanoseconds: UInt64
        public var count: UInt64
    }
}

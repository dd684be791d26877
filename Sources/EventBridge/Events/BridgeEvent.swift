import RedisClient

/// One event, as its publisher made it.
public struct BridgeEvent: Sendable, Hashable {
    /// Who published it.
    public var source: EventSource
    /// The how-manieth of its source it is, from 1. Without holes at the publisher, so that a hole at a subscriber is a
    /// loss.
    public var sequence: UInt64
    /// When it was published, or was meant to be, in nanoseconds of ``BridgeClock``.
    public var time: Int64
    /// What the publisher wants to say: any bytes.
    public var payload: [UInt8]

    /// An event from its parts.
    public init(source: EventSource, sequence: UInt64, time: Int64, payload: [UInt8]) {
        self.source = source
        self.sequence = sequence
        self.time = time
        self.payload = payload
    }
}

/// One life of one instance: sequence numbers count within it.
///
/// An instance that restarts begins again at 1, under the same name. The time of its first event tells the two apart.
public struct EventSource: Sendable, Hashable, Codable {
    /// The instance's name.
    public var instance: String
    /// When it published for the first time, in nanoseconds of ``BridgeClock``.
    public var firstPublished: Int64

    /// A source from its parts.
    public init(instance: String, firstPublished: Int64) {
        self.instance = instance
        self.firstPublished = firstPublished
    }
}

/// The clock of events: nanoseconds since the machine started, the same for all processes of a host, never backwards.
///
/// Between hosts it means nothing: subtract times of one host only.
public enum BridgeClock {
    /// The time now. About 20 ns.
    public static func now() -> Int64 { Int64(clamping: MonotonicTime.now()) }
}

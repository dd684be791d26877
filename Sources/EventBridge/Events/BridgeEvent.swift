import RedisClient

/// One event as its publisher created it.
public struct BridgeEvent: Sendable, Hashable {
    /// The publisher.
    public var source: EventSource
    /// The number of the event in its source, from 1. A publisher leaves no gaps, so a gap at a subscriber is a loss.
    public var sequence: UInt64
    /// The time of the publication, or the intended time, in nanoseconds of ``BridgeClock``.
    public var time: Int64
    /// The content: any bytes.
    public var payload: [UInt8]

    /// Creates an event; each parameter is described at its property.
    public init(source: EventSource, sequence: UInt64, time: Int64, payload: [UInt8]) {
        self.source = source
        self.sequence = sequence
        self.time = time
        self.payload = payload
    }
}

/// One run of one instance. Sequence numbers count within it.
///
/// An instance that restarts begins again at 1 under the same name. The time of its first event distinguishes the two
/// runs.
public struct EventSource: Sendable, Hashable, Codable {
    /// The name of the instance.
    public var instance: String
    /// The time of its first event, in nanoseconds of ``BridgeClock``.
    public var firstPublished: Int64

    /// Creates a source.
    public init(instance: String, firstPublished: Int64) {
        self.instance = instance
        self.firstPublished = firstPublished
    }
}

/// The clock of events: nanoseconds since the start of the machine. It is the same for all processes of a host and
/// never goes back.
///
/// Compare only times of one host.
public enum BridgeClock {
    /// The current time in nanoseconds. A call costs about 20 ns.
    public static func now() -> Int64 { Int64(clamping: MonotonicTime.now()) }
}

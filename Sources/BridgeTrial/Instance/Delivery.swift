import EventBridge

/// One event that the application of an instance was given.
struct Delivery: Sendable, Hashable, Codable {
    /// Who published it.
    var source: String
    var sequence: UInt64
    /// In nanoseconds, from the moment that was planned for the event.
    var latency: UInt64

    init(_ event: BridgeEvent, at now: Int64) {
        source = event.source.instance
        sequence = event.sequence
        latency = UInt64(clamping: now - event.time)
    }
}

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
        let (elapsed, overflow) = now.subtractingReportingOverflow(event.time)
        // What an event says of its time is its publisher's claim.
        latency = overflow ? 0 : UInt64(clamping: elapsed)
    }
}

/// Decides which frames are delivered, and counts. It is a state machine without input or output.
///
/// If a source began after this subscriber, all its events are due. If it began earlier, the events before its first
/// received frame are not due.
struct EventTracker {
    /// The name of this instance, whose events are not delivered.
    let instance: String
    /// The start of the subscription, in nanoseconds of ``BridgeClock``.
    var subscribedSince = Int64.max
    private(set) var counts = BridgeCounts()
    private var trackers: [EventSource: SequenceTracker] = [:]

    /// - Parameter delivered: the events received in an earlier run. Events missing then count as missing now.
    init(instance: String, delivered: [DeliveredEvents] = []) {
        self.instance = instance
        for events in delivered {
            let tracker = SequenceTracker(highest: events.highest, holes: events.missing)
            trackers[events.source] = tracker
            counts.gaps += UInt64(events.missing.count)
            counts.missed += tracker.missing
        }
    }

    /// The events received from each source.
    var delivered: [DeliveredEvents] {
        trackers.map { DeliveredEvents(source: $0.key, highest: $0.value.highest, missing: $0.value.holes) }
    }

    /// The result for one frame.
    struct Outcome {
        var isDelivered = false
        var missing: ClosedRange<UInt64>?
    }

    /// Takes one frame. O(1) while no event is lost or repeated.
    mutating func take(_ frame: EventFrame) -> Outcome {
        let event = frame.event
        guard event.source.instance != instance else {
            if frame.kind == .event { counts.ownFiltered += 1 }
            return Outcome()
        }
        let first = frame.kind == .event ? event.sequence &- 1 : event.sequence
        let baseline = event.source.firstPublished >= subscribedSince ? 0 : first
        var missing: ClosedRange<UInt64>?
        var isDelivered = false
        // The change in place costs one access to the dictionary for each event.
        { (tracker: inout SequenceTracker) in
            switch frame.kind {
            case .mark: missing = tracker.learn(published: event.sequence)
            case .event:
                switch tracker.take(event.sequence) {
                case .new(let hole):
                    missing = hole
                    isDelivered = true
                case .late:
                    isDelivered = true
                    counts.missed -= 1
                case .duplicate: counts.duplicatesFiltered += 1
                }
            }
        }(&trackers[event.source, default: SequenceTracker(highest: baseline)])
        if isDelivered { counts.received += 1 }
        if let missing {
            counts.gaps += 1
            counts.missed.addSaturating(UInt64(missing.count))
        }
        return Outcome(isDelivered: isDelivered, missing: missing)
    }

    mutating func count(_ change: (inout BridgeCounts) -> Void) { change(&counts) }

    /// For each source, the highest known number and the number of missing events up to it.
    var sources: [EventSource: (highest: UInt64, missing: UInt64)] {
        trackers.mapValues { ($0.highest, $0.missing) }
    }
}

extension UInt64 {
    /// Adds a number claimed by another program. The sum stops at the maximum.
    mutating func addSaturating(_ amount: UInt64) {
        let (sum, overflow) = addingReportingOverflow(amount)
        self = overflow ? .max : sum
    }
}

/// The events that a subscriber received from one source.
///
/// Store it and pass it to the bridge after a restart. The bridge then delivers no event twice, and missed events
/// stay counted.
public struct DeliveredEvents: Sendable, Hashable, Codable {
    /// The source of the events.
    public var source: EventSource
    /// The highest known number.
    public var highest: UInt64
    /// The missing numbers up to it, in ascending order: the newest 1,024 gaps.
    public var missing: [ClosedRange<UInt64>]

    /// Creates the record; each parameter is described at its property.
    public init(source: EventSource, highest: UInt64, missing: [ClosedRange<UInt64>] = []) {
        self.source = source
        self.highest = highest
        self.missing = missing
    }
}

/// Decides which frames are delivered, and keeps the books. Pure.
///
/// A source that began after this subscriber owes it everything from its first event on; of an earlier one nothing is
/// owed before the first frame that arrives.
struct EventLedger {
    /// The own name, whose events are not delivered.
    let instance: String
    /// Since when it has subscribed, in nanoseconds of ``BridgeClock``.
    var subscribedSince = Int64.max
    private(set) var counts = BridgeCounts()
    private var ledgers: [EventSource: SourceLedger] = [:]

    /// - Parameter delivered: what was taken in an earlier life. What was missing then is counted as missing now.
    init(instance: String, delivered: [DeliveredEvents] = []) {
        self.instance = instance
        for events in delivered {
            let ledger = SourceLedger(highest: events.highest, holes: events.missing)
            ledgers[events.source] = ledger
            counts.gaps += UInt64(events.missing.count)
            counts.missed += ledger.missing
        }
    }

    /// What was taken of each source.
    var delivered: [DeliveredEvents] {
        ledgers.map { DeliveredEvents(source: $0.key, highest: $0.value.highest, missing: $0.value.holes) }
    }

    /// What there is to tell of a frame.
    struct Outcome {
        var isDelivered = false
        var missing: ClosedRange<UInt64>?
    }

    /// Takes one frame. O(1) as long as nothing is lost or doubled.
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
        // In place: one look into the dictionary for each event.
        { (ledger: inout SourceLedger) in
            switch frame.kind {
            case .mark: missing = ledger.learn(published: event.sequence)
            case .event:
                switch ledger.take(event.sequence) {
                case .new(let hole):
                    missing = hole
                    isDelivered = true
                case .late:
                    isDelivered = true
                    counts.missed -= 1
                case .duplicate: counts.duplicatesFiltered += 1
                }
            }
        }(&ledgers[event.source, default: SourceLedger(highest: baseline)])
        if isDelivered { counts.received += 1 }
        if let missing {
            counts.gaps += 1
            counts.missed.addSaturating(UInt64(missing.count))
        }
        return Outcome(isDelivered: isDelivered, missing: missing)
    }

    mutating func count(_ change: (inout BridgeCounts) -> Void) { change(&counts) }

    /// The highest number known of each source, and how many up to it are missing.
    var sources: [EventSource: (highest: UInt64, missing: UInt64)] {
        ledgers.mapValues { ($0.highest, $0.missing) }
    }
}

extension UInt64 {
    /// Adds what others claim: at the greatest number it stays.
    mutating func addSaturating(_ amount: UInt64) {
        let (sum, overflow) = addingReportingOverflow(amount)
        self = overflow ? .max : sum
    }
}

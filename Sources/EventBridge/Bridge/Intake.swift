import RedisClient
import Support

/// Takes frames from a transport, tracks the sequences of their sources, and delivers events.
final class Intake: Sendable {
    private let tracker: Lock<EventTracker>
    private let onNotice: @Sendable (BridgeNotice) -> Void
    private let onEvents: @Sendable ([BridgeEvent]) -> Void

    init(
        instance: String, delivered: [DeliveredEvents], onNotice: @escaping @Sendable (BridgeNotice) -> Void,
        onEvents: @escaping @Sendable ([BridgeEvent]) -> Void
    ) {
        tracker = Lock(EventTracker(instance: instance, delivered: delivered))
        self.onNotice = onNotice
        self.onEvents = onEvents
    }

    var counts: BridgeCounts { tracker.withLock { $0.counts } }

    var sources: [EventSource: (highest: UInt64, missing: UInt64)] { tracker.withLock { $0.sources } }

    var delivered: [DeliveredEvents] { tracker.withLock { $0.delivered } }

    /// Records the start of the subscription. All events of sources that start after it are due.
    func begin() {
        tracker.withLock { $0.subscribedSince = BridgeClock.now() }
    }

    /// Takes the frames of one read. `nil` stands for a message that is not a frame.
    func take(_ frames: some Sequence<EventFrame?>) {
        var events: [BridgeEvent] = []
        var notices: [BridgeNotice] = []
        tracker.withLock { tracker in
            for frame in frames {
                guard let frame else {
                    tracker.count { $0.foreign += 1 }
                    continue
                }
                let outcome = tracker.take(frame)
                if let missing = outcome.missing { notices.append(.missed(frame.event.source, missing)) }
                if outcome.isDelivered { events.append(frame.event) }
            }
        }
        // Notices come before events, so that a subscriber learns of a loss before it continues.
        for notice in notices { onNotice(notice) }
        if !events.isEmpty { onEvents(events) }
    }

    func tell(_ notice: BridgeNotice) {
        tracker.withLock { tracker in
            tracker.count { counts in
                switch notice {
                case .disconnected: counts.disconnections += 1
                case .trimmed(let entries): counts.trimmed.addSaturating(UInt64(entries))
                case .missed, .replaced, .resubscribed: break
                }
            }
        }
        onNotice(notice)
    }
}

import RedisClient
import Support

/// Takes frames from a transport, keeps the books, and hands on what is to be delivered.
final class Intake: Sendable {
    private let ledger: Lock<EventLedger>
    private let onNotice: @Sendable (BridgeNotice) -> Void
    private let onEvents: @Sendable ([BridgeEvent]) -> Void

    init(
        instance: String, delivered: [DeliveredEvents], onNotice: @escaping @Sendable (BridgeNotice) -> Void,
        onEvents: @escaping @Sendable ([BridgeEvent]) -> Void
    ) {
        ledger = Lock(EventLedger(instance: instance, delivered: delivered))
        self.onNotice = onNotice
        self.onEvents = onEvents
    }

    var counts: BridgeCounts { ledger.withLock { $0.counts } }

    var sources: [EventSource: (highest: UInt64, missing: UInt64)] { ledger.withLock { $0.sources } }

    var delivered: [DeliveredEvents] { ledger.withLock { $0.delivered } }

    /// The subscription stands: whoever begins to publish from now on owes everything.
    func begin() {
        ledger.withLock { $0.subscribedSince = BridgeClock.now() }
    }

    /// Takes what came together; `nil` stands for something that is no frame.
    func take(_ frames: some Sequence<EventFrame?>) {
        var events: [BridgeEvent] = []
        var notices: [BridgeNotice] = []
        ledger.withLock { ledger in
            for frame in frames {
                guard let frame else {
                    ledger.count { $0.foreign += 1 }
                    continue
                }
                let outcome = ledger.take(frame)
                if let missing = outcome.missing { notices.append(.missed(frame.event.source, missing)) }
                if outcome.isDelivered { events.append(frame.event) }
            }
        }
        // Before the events: who hears of a loss distrusts what it has before it goes on.
        for notice in notices { onNotice(notice) }
        if !events.isEmpty { onEvents(events) }
    }

    func tell(_ notice: BridgeNotice) {
        ledger.withLock { ledger in
            ledger.count { counts in
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

/// The receiving half of a transport.
protocol Subscription: Sendable {
    /// With streams: how far the application has been given everything.
    var position: StreamPosition? { get }
    /// Returns when nothing is delivered any more.
    func close() async
}

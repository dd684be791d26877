import RedisClient
import Support

/// Transmits events between the instances of an application, and counts exactly the events that it loses.
///
/// Each event has its source and a number without gaps. A subscriber therefore delivers no event twice and none of
/// its own, and it can count the missed ones. The ``BridgeTransport`` decides whether an event can be lost.
///
/// The events of one source arrive in the order of their publication, unless a publisher had to repeat some. There is
/// no order between sources.
public final class EventBridge: Sendable {
    /// The configuration of this instance.
    public let configuration: BridgeConfiguration
    private let intake: Intake
    private let publisher: EventPublisher?
    private let subscription: (any Subscription)?
    private let marking: Task<Void, Never>?

    private init(_ configuration: BridgeConfiguration, intake: Intake, subscription: (any Subscription)?) {
        self.configuration = configuration
        self.intake = intake
        self.subscription = subscription
        let publisher = configuration.publishes ? EventPublisher(configuration) : nil
        self.publisher = publisher
        let interval = configuration.markInterval
        marking = publisher.map { publisher in
            Task {
                while (try? await Task.sleep(for: interval)) != nil { publisher.mark() }
            }
        }
    }

    deinit {
        marking?.cancel()
        publisher?.close()
    }

    /// Opens a bridge. Returns when the server has confirmed the subscription, if the instance subscribes. All events
    /// published after that arrive.
    ///
    /// - Parameters:
    ///   - configuration: the instance, the bridge and the server.
    ///   - onNotice: gets losses as soon as they are known.
    ///   - onEvents: gets events in order. Never an empty array. The bridge calls both on the thread of
    ///     ``RedisEventLoop``, one call at a time. They must not block.
    /// - Throws: ``BridgeError`` for a wrong configuration; ``RedisError`` if the client cannot connect.
    public static func open(
        _ configuration: BridgeConfiguration, onNotice: @escaping @Sendable (BridgeNotice) -> Void = { _ in },
        onEvents: @escaping @Sendable ([BridgeEvent]) -> Void
    ) async throws -> EventBridge {
        guard (1...EventFrame.longestName).contains(configuration.instance.utf8.count) else {
            throw BridgeError(
                .invalidConfiguration,
                "found an instance's name of \(configuration.instance.utf8.count) bytes, expected 1 to 255")
        }
        guard configuration.streamLength > 0, configuration.outboxLimit > 0, configuration.markInterval > .zero else {
            throw BridgeError(.invalidConfiguration, "the lengths and the interval of a bridge are above zero")
        }
        let intake = Intake(
            instance: configuration.instance, delivered: configuration.delivered, onNotice: onNotice, onEvents: onEvents
        )
        var subscription: (any Subscription)?
        if configuration.subscribes {
            subscription =
                switch configuration.transport {
                case .pubSub: try await ChannelSubscription.open(configuration, intake)
                case .streams: try await StreamSubscription.open(configuration, intake)
                case .tracking: try await TrackingSubscription.open(configuration, intake)
                }
            intake.begin()
        }
        return EventBridge(configuration, intake: intake, subscription: subscription)
    }

    /// Publishes an event and returns at once. The bridge sends events in order, and repeats them until the server
    /// has confirmed them.
    ///
    /// - Parameters:
    ///   - payload: the bytes of the event.
    ///   - time: the time that subscribers get, in nanoseconds of ``BridgeClock``. Default: now.
    /// - Returns: the number of the event, from 1.
    /// - Throws: ``BridgeError``: `publishing-is-off`, `publisher-full`, `closed`.
    @discardableResult
    public func publish(_ payload: [UInt8], time: Int64? = nil) throws(BridgeError) -> UInt64 {
        guard let publisher else {
            throw BridgeError(.publishingIsOff, "the instance \(configuration.instance) is configured not to publish")
        }
        return try publisher.publish(payload, time: time ?? BridgeClock.now())
    }

    /// Sends a mark with the last number of this instance now, without waiting for the interval.
    public func mark() { publisher?.mark() }

    /// Returns when the server has confirmed all earlier events, or when the bridge is closed.
    public func flush() async { await publisher?.flush() }

    /// The current counts of this instance.
    public var counts: BridgeCounts {
        var counts = intake.counts
        publisher?.add(to: &counts)
        return counts
    }

    /// For each other source, the highest known number and the number of missing events up to it.
    public var sources: [EventSource: (highest: UInt64, missing: UInt64)] { intake.sources }

    /// For streams: the position up to which `onEvents` got all events. Store it to continue after a restart. `nil`
    /// with other transports.
    public var position: StreamPosition? { subscription?.position }

    /// The events that this instance received from each other source, including ``BridgeConfiguration/delivered``.
    ///
    /// To continue after a restart, store it for ``BridgeConfiguration/delivered``. Read ``position`` first. Read
    /// this in `onEvents`, once the events of that call are stored. After a restart the bridge reads the entries
    /// between the two values again, and filters them.
    public var delivered: [DeliveredEvents] { intake.delivered }

    /// Ends the subscription and the publishing. Unconfirmed events are dropped. Returns when no callback runs any
    /// more. A second call has no effect.
    public func close() async {
        marking?.cancel()
        publisher?.close()
        await subscription?.close()
    }
}

/// The error for a wrong use of a bridge.
public struct BridgeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of error.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The name of the instance is empty or longer than 255 bytes, or a limit is not positive.
        case invalidConfiguration = "invalid-configuration"
        /// The configuration of the instance does not allow it to publish.
        case publishingIsOff = "publishing-is-off"
        /// The server accepts no events, or accepts them too slowly, and the queue is full.
        case outboxFull = "outbox-full"
        /// The bridge was closed.
        case closed
    }

    /// The kind of error.
    public let code: Code
    /// What is wrong, in one sentence.
    public let message: String

    /// The message.
    public var description: String { message }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

/// The counts of one instance since it was opened.
public struct BridgeCounts: Sendable, Hashable, Codable {
    /// The events that ``EventBridge/publish(_:time:)`` accepted.
    public var published: UInt64 = 0
    /// The published events that the server has confirmed.
    public var confirmed: UInt64 = 0
    /// The number of repetitions after an unknown outcome. Subscribers remove the duplicates.
    public var repeated: UInt64 = 0
    /// The events of other instances that the bridge delivered.
    public var received: UInt64 = 0
    /// The events of this instance that came back and were not delivered.
    public var ownFiltered: UInt64 = 0
    /// The further copies of events that arrived more than once. The bridge delivers only the first copy.
    public var duplicatesFiltered: UInt64 = 0
    /// The gaps in the sequences of other sources.
    public var gaps: UInt64 = 0
    /// The events in those gaps: those that are known to be published and due, and have not arrived.
    public var missed: UInt64 = 0
    /// The entries that the server trimmed before the bridge read them, own events and marks included.
    public var trimmed: UInt64 = 0
    /// The number of lost subscriptions.
    public var disconnections: UInt64 = 0
    /// The messages that are not frames of a bridge.
    public var foreign: UInt64 = 0

    /// Creates counts of zero.
    public init() {}
}

/// A message to a subscriber about its connection or its losses.
public enum BridgeNotice: Sendable {
    /// These events of a source have not arrived. A repetition may still deliver some of them.
    case missed(EventSource, ClosedRange<UInt64>)
    /// The server trimmed this number of entries of the stream, of any source, before this subscriber read them.
    case trimmed(entries: Int)
    /// The stream was replaced, because the server restarted without its data. Its unread entries are lost.
    case replaced
    /// The subscription was lost. With `pub-sub` and `tracking`, the events published from now on are lost too.
    case disconnected(RedisError)
    /// The subscription works again.
    case resubscribed
}

extension BridgeNotice {
    /// Converts a notice of the stream's subscriber.
    init(_ notice: StreamNotice) {
        self =
            switch notice {
            case .trimmed(let entries): .trimmed(entries: entries)
            case .replaced: .replaced
            case .disconnected(let error): .disconnected(error)
            case .resubscribed: .resubscribed
            }
    }
}

import RedisClient
import Support

/// Spreads events between the instances of an application, and knows exactly what it has lost.
///
/// Each event carries its source and a number without holes, so that a subscriber delivers nothing twice, nothing of
/// its own, and can count what it missed. Whether anything can be missed depends on the ``BridgeTransport``.
///
/// Events of one source arrive in the order in which they were published, unless something had to be repeated; between
/// sources there is no order.
public final class EventBridge: Sendable {
    /// How it was configured.
    public let configuration: BridgeConfiguration
    private let intake: Intake
    private let outbox: Outbox?
    private let subscription: (any Subscription)?
    private let marking: Task<Void, Never>?

    private init(_ configuration: BridgeConfiguration, intake: Intake, subscription: (any Subscription)?) {
        self.configuration = configuration
        self.intake = intake
        self.subscription = subscription
        let outbox = configuration.publishes ? Outbox(configuration) : nil
        self.outbox = outbox
        let interval = configuration.markInterval
        marking = outbox.map { outbox in
            Task {
                while (try? await Task.sleep(for: interval)) != nil { outbox.mark() }
            }
        }
    }

    deinit {
        marking?.cancel()
        outbox?.close()
    }

    /// Opens a bridge; returns when the subscription, if one is wanted, is confirmed: what is published after that
    /// arrives.
    /// - Parameters:
    ///   - onNotice: told of losses, as soon as they are known.
    ///   - onEvents: given events in order, never an empty array. Both are called on the thread of ``RedisEventLoop``,
    ///     one call at a time, and must not block.
    /// - Throws: ``BridgeError`` for a wrong configuration; ``RedisError`` if there is no connection to be had.
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

    /// Publishes an event; returns at once. It is sent in order, and sent again until the server has confirmed it.
    /// - Parameter time: what subscribers are told as its time, in nanoseconds of ``BridgeClock``; now, unless given.
    /// - Returns: its number, from 1.
    /// - Throws: ``BridgeError``: `publishing-is-off`, `outbox-full`, `closed`.
    @discardableResult
    public func publish(_ payload: [UInt8], time: Int64? = nil) throws(BridgeError) -> UInt64 {
        guard let outbox else {
            throw BridgeError(.publishingIsOff, "the instance \(configuration.instance) is configured not to publish")
        }
        return try outbox.publish(payload, time: time ?? BridgeClock.now())
    }

    /// Tells all subscribers how far this instance has come, without waiting for the next time that it does so anyway.
    public func mark() { outbox?.mark() }

    /// Returns when the server has confirmed everything published before, or the bridge is closed.
    public func flush() async { await outbox?.flush() }

    /// What this instance has counted up to now.
    public var counts: BridgeCounts {
        var counts = intake.counts
        outbox?.add(to: &counts)
        return counts
    }

    /// The highest number known of each other source, and how many up to it are missing.
    public var sources: [EventSource: (highest: UInt64, missing: UInt64)] { intake.sources }

    /// With streams: everything up to here has been handed to `onEvents`. Keep it to go on from here after a restart.
    /// `nil` with other transports.
    public var position: StreamPosition? { subscription?.position }

    /// What this instance has been given of each other source, those that it was told of when it was opened included. Keep
    /// it for ``BridgeConfiguration/delivered``: read it in `onEvents`, when what was given there has been kept, and
    /// ``position`` before it. What lies between the two is read again after a restart, and filtered.
    public var delivered: [DeliveredEvents] { intake.delivered }

    /// Ends the subscription and publishes nothing more; what the server has not confirmed is given up. Returns when no
    /// callback is called any more. Harmless when repeated.
    public func close() async {
        marking?.cancel()
        outbox?.close()
        await subscription?.close()
    }
}

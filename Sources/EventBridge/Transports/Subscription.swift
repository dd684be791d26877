import RedisClient

/// The receiving half of a transport.
protocol Subscription: Sendable {
    /// For streams: the position up to which the application got all events.
    var position: StreamPosition? { get }
    /// Ends the subscription. Returns when no delivery runs any more.
    func close() async
}

/// A subscription to a channel. Events published without a connection are lost.
final class ChannelSubscription: Subscription {
    private let subscriber: RedisSubscriber
    var position: StreamPosition? { nil }

    private init(_ subscriber: RedisSubscriber) {
        self.subscriber = subscriber
    }

    static func open(_ configuration: BridgeConfiguration, _ intake: Intake) async throws -> ChannelSubscription {
        let subscriber = RedisSubscriber(configuration.redis) { state in
            switch state {
            case .connected: break
            case .disconnected(let error): intake.tell(.disconnected(error))
            case .resubscribed: intake.tell(.resubscribed)
            }
        } onMessages: { messages in
            intake.take(messages.lazy.map { EventFrame($0.payload) })
        }
        try await subscriber.subscribe([configuration.name])
        return ChannelSubscription(subscriber)
    }

    func close() async { await subscriber.close() }
}

/// A subscription to a stream whose entries are frames.
final class StreamSubscription: Subscription {
    private let subscriber: StreamSubscriber

    private init(_ subscriber: StreamSubscriber) { self.subscriber = subscriber }

    var position: StreamPosition? { subscriber.position }

    static func open(_ configuration: BridgeConfiguration, _ intake: Intake) async throws -> StreamSubscription {
        StreamSubscription(
            try await StreamSubscriber.open(
                configuration.name, from: configuration.position, redis: configuration.redis,
                onNotice: { intake.tell(BridgeNotice($0)) },
                onEntries: { entries in intake.take(entries.lazy.map { EventFrame($0) }) }))
    }

    func close() async { await subscriber.close() }
}

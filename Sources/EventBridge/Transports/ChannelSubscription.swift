import RedisClient

/// A subscription to a channel. What is published while it is away is gone.
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

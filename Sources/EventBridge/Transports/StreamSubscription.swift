import RedisClient

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

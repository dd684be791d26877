import RedisClient
import Support

/// Receives the invalidations that the server pushes for every written key with the prefix of the bridge (`CLIENT
/// TRACKING … BCAST`).
///
/// Version 2 of the protocol sends them on another connection than the tracking one: to a subscriber of
/// `__redis__:invalidate`, to which the tracking connection refers by its number. If either connection is lost, both
/// start again.
final class TrackingSubscription: Subscription {
    private static let channel = "__redis__:invalidate"

    private let subscriber: RedisSubscriber
    private let tracking: Tracking
    var position: StreamPosition? { nil }

    private init(_ subscriber: RedisSubscriber, _ tracking: Tracking) {
        self.subscriber = subscriber
        self.tracking = tracking
    }

    deinit { tracking.stop() }

    /// The prefix of the keys of a bridge. It contains the length of the name, so that no two bridges have a prefix
    /// in common. Without the length, the bridge `a` would receive the events of `a:event:b`.
    static func prefix(_ name: String) -> [UInt8] {
        Array("coherence:\(name.utf8.count):\(name):event:".utf8)
    }

    static func open(_ configuration: BridgeConfiguration, _ intake: Intake) async throws -> TrackingSubscription {
        // `CLIENT LIST` finds the number of the connection by its name, so the name must be unique.
        var redis = configuration.redis
        redis.clientName = "\(redis.clientName.map { "\($0)." } ?? "")event-bridge-\(UInt64.random(in: 0...UInt64.max))"
        let prefix = prefix(configuration.name)
        let tracking = Tracking(configuration, subscriberName: redis.clientName ?? "", prefix: prefix, intake)
        let subscriber = RedisSubscriber(redis) { state in
            switch state {
            case .connected: break
            case .disconnected(let error): tracking.subscriberLost(error)
            case .resubscribed: tracking.renew()
            }
        } onMessages: { messages in
            let frames = messages.flatMap { $0.content.elements ?? [] }.map { key -> EventFrame? in
                guard let bytes = key.bytes, bytes.starts(with: prefix) else { return nil }
                return EventFrame(bytes.dropFirst(prefix.count))
            }
            // The server announces keys in the order of their bytes, and not of their writing.
            intake.take(frames.sorted { ($0?.event.sequence ?? 0) < ($1?.event.sequence ?? 0) })
        }
        try await subscriber.subscribe([Self.channel])
        try await tracking.start()
        return TrackingSubscription(subscriber, tracking)
    }

    func close() async {
        tracking.stop()
        await subscriber.close()
    }

    /// The connection with `CLIENT TRACKING`. It is replaced when it is lost.
    private final class Tracking: Sendable {
        private let configuration: BridgeConfiguration
        private let subscriberName: String
        private let prefix: [UInt8]
        private let intake: Intake
        private let state = Lock<(watch: Task<Void, Never>?, isStopped: Bool)>((nil, false))

        init(_ configuration: BridgeConfiguration, subscriberName: String, prefix: [UInt8], _ intake: Intake) {
            self.configuration = configuration
            self.subscriberName = subscriberName
            self.prefix = prefix
            self.intake = intake
        }

        func start() async throws { watch(try await establish()) }

        func stop() {
            let task = state.withLock { state in
                state.isStopped = true
                return state.watch
            }
            task?.cancel()
        }

        func subscriberLost(_ error: RedisError) {
            replaceWatch(nil)
            intake.tell(.disconnected(error))
        }

        /// Starts tracking again, until it succeeds or another call replaces this one.
        func renew() {
            replaceWatch(
                Task { [self] in
                    var backoff = Backoff(configuration.redis)
                    while !Task.isCancelled {
                        if let connection = try? await establish() {
                            intake.tell(.resubscribed)
                            return await hold(connection)
                        }
                        try? await Task.sleep(for: .nanoseconds(backoff.next(chance: .random(in: 0..<1))))
                    }
                })
        }

        private func watch(_ connection: RedisConnection) {
            replaceWatch(Task { [self] in await hold(connection) })
        }

        private func replaceWatch(_ task: Task<Void, Never>?) {
            let old = state.withLock { state in
                if state.isStopped { task?.cancel() }
                defer { state.watch = task }
                return state.watch
            }
            old?.cancel()
        }

        /// Sends heartbeats until one fails. Then it starts again.
        private func hold(_ connection: RedisConnection) async {
            do {
                while true {
                    try await Task.sleep(for: .milliseconds(100))
                    _ = try await connection.send(RedisCommand("PING"))
                }
            } catch {
                await connection.close()
                guard !Task.isCancelled else { return }
                intake.tell(.disconnected(error as? RedisError ?? RedisError(.connectionLost, "\(error)")))
                renew()
            }
        }

        private func establish() async throws -> RedisConnection {
            let connection = try await RedisConnection.connect(configuration.redis)
            do {
                let clients = try await connection.send(RedisCommand("CLIENT", "LIST", "TYPE", "pubsub"))
                guard let number = Self.number(of: subscriberName, in: clients.string ?? "") else {
                    throw RedisError(.connectionLost, "the subscription is not there yet, or not any more")
                }
                _ = try await connection.send(
                    RedisCommand(
                        "CLIENT",
                        arguments: [
                            "TRACKING", "ON", "REDIRECT", .integer(number), "BCAST", "PREFIX", .bytes(prefix),
                        ]))
                return connection
            } catch {
                await connection.close()
                throw error
            }
        }

        /// The number of the connection with a name, in the reply to `CLIENT LIST`.
        private static func number(of name: String, in clients: String) -> Int? {
            for line in clients.split(separator: "\n") {
                let fields = line.split(separator: " ")
                guard fields.contains("name=\(name)"), let field = fields.first(where: { $0.hasPrefix("id=") }) else {
                    continue
                }
                return Int(field.dropFirst(3))
            }
            return nil
        }
    }
}

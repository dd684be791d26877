import Locking
import RedisClient

/// Reads a stream from a position of its own, so that nothing is lost while it is away.
///
/// Every subscriber is to have every event, so there is no consumer group: a group deals each entry to one of its
/// members, and a group for each instance would leave the server with the state of instances that never come back. The
/// position is a value that the caller keeps where it keeps what the events are about.
final class StreamSubscription: Subscription {
    /// How long one read waits for entries; how often the stream is looked at for trimming.
    private static let patience = Duration.milliseconds(500)
    private static let mostTogether = 1000

    private let reading: Task<Void, Never>
    private let reached: Reached

    /// Where it is, for everybody to see.
    private final class Reached: Sendable {
        let position: Lock<StreamPosition>
        init(_ position: StreamPosition) { self.position = Lock(position) }
    }

    var position: StreamPosition? { reached.position.withLock { $0 } }

    private init(reading: Task<Void, Never>, reached: Reached) {
        self.reading = reading
        self.reached = reached
    }

    deinit { reading.cancel() }

    static func open(_ configuration: BridgeConfiguration, _ intake: Intake) async throws -> StreamSubscription {
        let connection = try await RedisConnection.connect(configuration.redis)
        var position = configuration.position
        if position == nil {
            let stream = try await state(of: configuration.name, connection)
            position = StreamPosition(entry: stream.last, entriesAdded: stream.entriesAdded)
        }
        let reached = Reached(position ?? .start)
        let reader = Reader(configuration, intake, reached)
        let reading = Task(executorPreference: RedisEventLoop.shared) { await reader.run(connection) }
        return StreamSubscription(reading: reading, reached: reached)
    }

    func close() async {
        reading.cancel()
        await reading.value
    }

    private static func state(of name: String, _ connection: RedisConnection) async throws -> StreamState {
        do {
            let reply = try await connection.send(RedisCommand("XINFO", "STREAM", name))
            guard let state = StreamState(reply) else {
                throw RedisError(
                    .protocolError, "the server does not say how many entries were added to a stream: Redis 7.0 does")
            }
            return state
        } catch let error as RedisError where error.message == "ERR no such key" {
            return .none
        }
    }

    /// What the task does.
    private struct Reader {
        let configuration: BridgeConfiguration
        let intake: Intake
        let reached: Reached

        init(_ configuration: BridgeConfiguration, _ intake: Intake, _ reached: Reached) {
            self.configuration = configuration
            self.intake = intake
            self.reached = reached
        }

        func run(_ first: RedisConnection) async {
            var connection: RedisConnection? = first
            var backoff = Backoff(configuration.redis)
            while !Task.isCancelled {
                do {
                    let open: RedisConnection
                    if let connection {
                        open = connection
                    } else {
                        open = try await RedisConnection.connect(configuration.redis)
                        connection = open
                        intake.tell(.resubscribed)
                    }
                    try await read(open) { backoff.reset() }
                } catch {
                    guard !Task.isCancelled else { break }
                    if let lost = connection {
                        connection = nil
                        await lost.close()
                        intake.tell(
                            .disconnected(error as? RedisError ?? RedisError(.connectionLost, "\(error)")))
                    }
                    try? await Task.sleep(for: .nanoseconds(backoff.next(chance: .random(in: 0..<1))))
                }
            }
            await connection?.close()
        }

        /// Reads until the connection fails.
        private func read(_ connection: RedisConnection, _ succeeded: () -> Void) async throws {
            var lookAt: ContinuousClock.Instant?
            while !Task.isCancelled {
                if lookAt.map({ ContinuousClock.now >= $0 }) ?? true {
                    try await look(connection, isNew: lookAt == nil)
                    lookAt = .now + StreamSubscription.patience
                }
                let position = reached.position.withLock { $0 }
                let reply = try await connection.send(
                    RedisCommand(
                        "XREAD",
                        arguments: [
                            "COUNT", .integer(StreamSubscription.mostTogether), "BLOCK",
                            .integer(Int(StreamSubscription.patience / .milliseconds(1))), "STREAMS",
                            .string(configuration.name), .string(position.entry.description),
                        ]),
                    timeLimit: StreamSubscription.patience + (configuration.redis.commandTimeout ?? .seconds(10)))
                succeeded()
                take(reply, after: position)
            }
        }

        /// Looks whether the stream has been trimmed beyond the position, or is another one.
        private func look(_ connection: RedisConnection, isNew: Bool) async throws {
            let stream = try await StreamSubscription.state(of: configuration.name, connection)
            var comparison = reached.position.withLock { $0.catchUp(with: stream) }
            let position = reached.position.withLock { $0 }
            if isNew, position.isInside(stream), try await isGone(position.entry, connection) {
                // As long as the one before, perhaps, but without the entry that must be in it.
                reached.position.withLock { $0 = .start }
                comparison = .replaced
            }
            switch comparison {
            case .intact: break
            case .trimmed(let entries): intake.tell(.trimmed(entries: entries))
            case .replaced: intake.tell(.replaced)
            }
        }

        private func isGone(_ entry: StreamEntryID, _ connection: RedisConnection) async throws -> Bool {
            let reply = try await connection.send(
                RedisCommand("XRANGE", configuration.name, entry.description, entry.description))
            return reply.elements?.isEmpty ?? true
        }

        /// Hands entries on, and only then moves the position past them.
        private func take(_ reply: RedisValue, after position: StreamPosition) {
            guard let entries = reply.elements?.first?.elements?.last?.elements, let last = entries.last,
                let reachedEntry = last.elements?.first?.string.flatMap({ StreamEntryID($0) })
            else { return }
            intake.take(
                entries.lazy.map { entry in
                    (entry.elements?.last?.elements?.last?.bytes).flatMap { EventFrame($0) }
                })
            reached.position.withLock {
                $0 = StreamPosition(entry: reachedEntry, entriesAdded: position.entriesAdded + entries.count)
            }
        }
    }
}

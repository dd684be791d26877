import Support

/// Reads the entries of a stream from a position of its own, so that no entry is lost while it has no connection.
///
/// It passes the value of the last field of each entry, and does not interpret it. An event bridge adds frames. A
/// script can add an entry in the same step as its other changes.
///
/// Each subscriber gets every entry. There is no consumer group: a group gives each entry to one of its members, and
/// with a group for each instance the server would keep the state of instances that never return. The caller stores
/// the position together with the effects of the entries. This needs Redis 7.0.
public final class StreamSubscriber: Sendable {
    /// The time that one read waits for entries, and the interval of the checks for trimming.
    private static let waitingTime = Duration.milliseconds(500)
    private static let largestPortion = 1000

    private let reading: Task<Void, Never>
    private let reached: Reached

    /// The progress of the reading task.
    private final class Reached: Sendable {
        let position: Lock<StreamPosition>
        /// The number of entries in one request. It is halved after a reply that is too large.
        let portion = Lock(StreamSubscriber.largestPortion)
        init(_ position: StreamPosition) { self.position = Lock(position) }
    }

    /// The position up to which `onEntries` got all entries. Store it to continue after a restart.
    public var position: StreamPosition { reached.position.withLock { $0 } }

    private init(reading: Task<Void, Never>, reached: Reached) {
        self.reading = reading
        self.reached = reached
    }

    deinit { reading.cancel() }

    /// Starts to read. Returns once the first position is known: all entries added after that arrive.
    ///
    /// - Parameters:
    ///   - stream: the key of the stream.
    ///   - position: the position after which to read. `nil` begins with the entries added from now on.
    ///   - redis: the server and its limits.
    ///   - onNotice: gets the changes of the connection and the losses. After a reconnection it first gets the
    ///     losses, if there are any, and then `resubscribed`. The remaining entries follow.
    ///   - onEntries: gets entries in the order in which they were added. Never an empty array. The subscriber calls
    ///     both on the thread of ``RedisEventLoop``, one call at a time. They must not block.
    /// - Throws: ``RedisError`` if the client cannot connect, or if the server is older than 7.0.
    public static func open(
        _ stream: String, from position: StreamPosition? = nil, redis: RedisConfiguration,
        onNotice: @escaping @Sendable (StreamNotice) -> Void, onEntries: @escaping @Sendable ([[UInt8]]) -> Void
    ) async throws -> StreamSubscriber {
        let connection = try await RedisConnection.connect(redis)
        var start = position
        if start == nil {
            let state = try await state(of: stream, connection)
            start = StreamPosition(entry: state.last, entriesAdded: state.entriesAdded)
        }
        let reached = Reached(start ?? .start)
        let reader = Reader(stream: stream, redis: redis, reached: reached, tell: onNotice, give: onEntries)
        let reading = Task(executorPreference: RedisEventLoop.shared) { await reader.run(connection) }
        return StreamSubscriber(reading: reading, reached: reached)
    }

    /// Ends the reading. No callback runs after this has returned. A second call has no effect.
    public func close() async {
        reading.cancel()
        await reading.value
    }

    private static func state(of name: String, _ connection: RedisConnection) async throws -> StreamState {
        do {
            let reply = try await connection.send(RedisCommand("XINFO", "STREAM", name))
            guard let state = StreamState(reply) else {
                throw RedisError(
                    .protocolError, "the server does not report how many entries were added to a stream; Redis 7.0 does"
                )
            }
            return state
        } catch let error as RedisError where error.message == "ERR no such key" {
            return .none
        }
    }

    /// The reading task.
    private struct Reader {
        let stream: String
        let redis: RedisConfiguration
        let reached: Reached
        let tell: @Sendable (StreamNotice) -> Void
        let give: @Sendable ([[UInt8]]) -> Void
        func run(_ first: RedisConnection) async {
            var connection: RedisConnection? = first
            var isAway = false
            var backoff = Backoff(redis)
            while !Task.isCancelled {
                do {
                    let open: RedisConnection
                    if let connection {
                        open = connection
                    } else {
                        open = try await RedisConnection.connect(redis)
                        connection = open
                    }
                    try await look(open, isNew: true)
                    if isAway { tell(.resubscribed) }
                    isAway = false
                    try await read(open) { backoff.reset() }
                } catch {
                    guard !Task.isCancelled else { break }
                    if (error as? RedisError)?.code == .replyTooLarge {
                        reached.portion.withLock { $0 = max(1, $0 / 2) }
                    }
                    await connection?.close()
                    connection = nil
                    if !isAway { tell(.disconnected(error as? RedisError ?? RedisError(.connectionLost, "\(error)"))) }
                    isAway = true
                    try? await Task.sleep(for: .nanoseconds(backoff.next(chance: .random(in: 0..<1))))
                }
            }
            await connection?.close()
        }

        /// Reads until the connection fails.
        private func read(_ connection: RedisConnection, _ succeeded: () -> Void) async throws {
            var lookAt = ContinuousClock.now + StreamSubscriber.waitingTime
            while !Task.isCancelled {
                if ContinuousClock.now >= lookAt {
                    try await look(connection, isNew: false)
                    lookAt = .now + StreamSubscriber.waitingTime
                }
                let position = reached.position.withLock { $0 }
                let reply = try await connection.send(
                    RedisCommand(
                        "XREAD",
                        arguments: [
                            "COUNT", .integer(reached.portion.withLock { $0 }), "BLOCK",
                            .integer(Int(StreamSubscriber.waitingTime / .milliseconds(1))), "STREAMS",
                            .string(stream), .string(position.entry.description),
                        ]),
                    timeLimit: StreamSubscriber.waitingTime + (redis.commandTimeout ?? .seconds(10)))
                succeeded()
                take(reply, after: position)
            }
        }

        /// Checks whether the stream was trimmed beyond the position or replaced.
        private func look(_ connection: RedisConnection, isNew: Bool) async throws {
            let state = try await StreamSubscriber.state(of: stream, connection)
            var comparison = reached.position.withLock { $0.catchUp(with: state) }
            let position = reached.position.withLock { $0 }
            if isNew, position.isInside(state), try await isGone(position.entry, connection) {
                // The stream has enough entries, but not the last one that was read: it is another stream.
                reached.position.withLock { $0 = .start }
                comparison = .replaced
            }
            switch comparison {
            case .intact: break
            case .trimmed(let entries): tell(.trimmed(entries: entries))
            case .replaced: tell(.replaced)
            }
        }

        private func isGone(_ entry: StreamEntryID, _ connection: RedisConnection) async throws -> Bool {
            let reply = try await connection.send(
                RedisCommand("XRANGE", stream, entry.description, entry.description))
            return reply.elements?.isEmpty ?? true
        }

        /// Passes entries on, and then moves the position.
        private func take(_ reply: RedisValue, after position: StreamPosition) {
            guard let entries = reply.elements?.first?.elements?.last?.elements, let last = entries.last,
                let reachedEntry = last.elements?.first?.string.flatMap({ StreamEntryID($0) })
            else { return }
            give(entries.map { $0.elements?.last?.elements?.last?.bytes ?? [] })
            // The server's own count can have any value, and the position began with it.
            let entriesAdded = min(position.entriesAdded, .max - entries.count) + entries.count
            reached.position.withLock { $0 = StreamPosition(entry: reachedEntry, entriesAdded: entriesAdded) }
        }
    }
}

/// A message to the owner of a ``StreamSubscriber`` about its connection or its losses.
public enum StreamNotice: Sendable {
    /// The server removed this number of entries before this subscriber read them.
    case trimmed(entries: Int)
    /// The stream was replaced, because the server restarted without its data. Its unread entries are lost.
    case replaced
    /// The connection was lost. The stream keeps the entries that are added meanwhile.
    case disconnected(RedisError)
    /// The subscriber continues from its position.
    case resubscribed
}

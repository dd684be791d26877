import Support

/// Reads the entries of a stream, whoever added them, from a position of its own, so that nothing is lost while it is
/// away.
///
/// What the entries mean is the reader's affair: of each it is given the value of the last field. An event bridge puts
/// frames into them; a script may put in what else it has done in the same step.
///
/// Every subscriber is to have every entry, so there is no consumer group: a group deals each entry to one of its
/// members, and a group for each instance would leave the server with the state of instances that never come back. The
/// position is a value that the caller keeps where it keeps what the entries are about. This needs Redis 7.0.
public final class StreamSubscriber: Sendable {
    /// How long one read waits for entries; how often the stream is looked at for trimming.
    private static let patience = Duration.milliseconds(500)
    private static let mostTogether = 1000

    private let reading: Task<Void, Never>
    private let reached: Reached

    /// Where it is, for everybody to see.
    private final class Reached: Sendable {
        let position: Lock<StreamPosition>
        /// How many entries to ask for at a time: fewer where they are large.
        let portion = Lock(StreamSubscriber.mostTogether)
        init(_ position: StreamPosition) { self.position = Lock(position) }
    }

    /// Everything up to here has been handed to `onEntries`. Keep it to go on from here after a restart.
    public var position: StreamPosition { reached.position.withLock { $0 } }

    private init(reading: Task<Void, Never>, reached: Reached) {
        self.reading = reading
        self.reached = reached
    }

    deinit { reading.cancel() }

    /// Begins to read; returns when it is known from where: what is added after that arrives.
    /// - Parameters:
    ///   - stream: its key.
    ///   - position: where to go on; `nil` begins with what is added from now on.
    ///   - onNotice: told of the connection and of losses. When a connection is back it is first said what was lost
    ///     meanwhile, if anything was, and then `resubscribed`; all else that was added meanwhile follows.
    ///   - onEntries: given entries in the order in which they were added, never an empty array. Both are called on
    ///     the thread of ``RedisEventLoop``, one call at a time, and must not block.
    /// - Throws: ``RedisError`` if there is no connection to be had, or the server is older than 7.0.
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

    /// Ends it. No callback is called after this has returned. Harmless when repeated.
    public func close() async {
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
            var lookAt = ContinuousClock.now + StreamSubscriber.patience
            while !Task.isCancelled {
                if ContinuousClock.now >= lookAt {
                    try await look(connection, isNew: false)
                    lookAt = .now + StreamSubscriber.patience
                }
                let position = reached.position.withLock { $0 }
                let reply = try await connection.send(
                    RedisCommand(
                        "XREAD",
                        arguments: [
                            "COUNT", .integer(reached.portion.withLock { $0 }), "BLOCK",
                            .integer(Int(StreamSubscriber.patience / .milliseconds(1))), "STREAMS",
                            .string(stream), .string(position.entry.description),
                        ]),
                    timeLimit: StreamSubscriber.patience + (redis.commandTimeout ?? .seconds(10)))
                succeeded()
                take(reply, after: position)
            }
        }

        /// Looks whether the stream has been trimmed beyond the position, or is another one.
        private func look(_ connection: RedisConnection, isNew: Bool) async throws {
            let state = try await StreamSubscriber.state(of: stream, connection)
            var comparison = reached.position.withLock { $0.catchUp(with: state) }
            let position = reached.position.withLock { $0 }
            if isNew, position.isInside(state), try await isGone(position.entry, connection) {
                // As long as the one before, perhaps, but without the entry that must be in it.
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

        /// Hands entries on, and only then moves the position past them.
        private func take(_ reply: RedisValue, after position: StreamPosition) {
            guard let entries = reply.elements?.first?.elements?.last?.elements, let last = entries.last,
                let reachedEntry = last.elements?.first?.string.flatMap({ StreamEntryID($0) })
            else { return }
            give(entries.map { $0.elements?.last?.elements?.last?.bytes ?? [] })
            // The server's own count, which may be anything, is where this one began.
            let entriesAdded = min(position.entriesAdded, .max - entries.count) + entries.count
            reached.position.withLock { $0 = StreamPosition(entry: reachedEntry, entriesAdded: entriesAdded) }
        }
    }
}

/// What a ``StreamSubscriber`` is told besides entries: reasons to distrust what it has.
public enum StreamNotice: Sendable {
    /// So many entries of the stream had been trimmed before this subscriber read them.
    case trimmed(entries: Int)
    /// The stream is another one than before (the server came back without its data): what was in it and unread is
    /// lost.
    case replaced
    /// The connection is lost. The stream keeps what is added meanwhile.
    case disconnected(RedisError)
    /// The subscriber reads again, from where it was.
    case resubscribed
}

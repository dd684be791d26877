import Synchronization

/// Subscriptions to channels and patterns, on a connection of their own that reconnects.
///
/// The callback gets all messages of one socket read in one array, in the order of the server. It runs on the thread
/// of ``RedisEventLoop`` and must not block, because it delays every connection of the process. The subscriber reuses
/// the memory of the array unless the callback keeps it.
///
/// The server keeps no messages for a client without a connection. Messages published between
/// ``State/disconnected(_:)`` and ``State/resubscribed`` are lost. A loss may be noticed only after two intervals of
/// ``RedisConfiguration/heartbeatInterval``, so messages before ``State/disconnected(_:)`` may be lost too. A cache
/// should treat each entry that is older than ``State/resubscribed`` as stale.
///
/// The deinitialiser closes a subscriber that is still open.
public final class RedisSubscriber: Sendable {
    /// A change of the connection. Reported in order, on the thread of ``RedisEventLoop``.
    public enum State: Sendable {
        /// The subscriber connected for the first time.
        case connected
        /// The connection was lost, or the first attempt failed. Reported once for each loss, whatever the number of
        /// failed attempts after it.
        case disconnected(RedisError)
        /// The subscriber reconnected, and the server has confirmed all channels and patterns.
        case resubscribed
    }

    private let core: SubscriberCore
    private let identifiers = Atomic<UInt64>(0)

    /// Creates a subscriber without subscriptions. It connects in the background and reconnects until it is closed.
    ///
    /// - Parameters:
    ///   - configuration: the server and the time limits.
    ///   - onStateChange: gets each change of the connection.
    ///   - onMessages: gets the messages of one socket read. Never an empty array.
    public init(
        _ configuration: RedisConfiguration,
        onStateChange: @escaping @Sendable (State) -> Void = { _ in },
        onMessages: @escaping @Sendable ([RedisMessage]) -> Void
    ) {
        let core = SubscriberCore(configuration, onStateChange: onStateChange, onMessages: onMessages)
        self.core = core
        core.loop.execute { core.connect() }
    }

    deinit {
        let core = core
        core.loop.execute { core.close() }
    }

    /// Subscribes to channels by name. Returns once the server has confirmed all of them.
    ///
    /// The subscriber keeps the names even if this throws: it subscribes to them after each reconnection, until
    /// ``unsubscribe(_:)``. It removes only names that the server refuses (`serverError`).
    ///
    /// - Throws: ``RedisError``: `connectFailed` and other errors of connecting if there is no connection and the
    ///   current attempt fails; `commandTimedOut`, `serverError`, `cancelled`, `closed`.
    public func subscribe(_ channels: [String]) async throws {
        try await request(channels, isPattern: false) { $0.subscribe($1, waiter: $2, identifier: $3) }
    }

    /// Subscribes to all channels that match the patterns (`*`, `?`, `[abc]`). Otherwise as ``subscribe(_:)``.
    public func psubscribe(_ patterns: [String]) async throws {
        try await request(patterns, isPattern: true) { $0.subscribe($1, waiter: $2, identifier: $3) }
    }

    /// Ends subscriptions by name. Returns once the server has confirmed, or at once without a connection.
    ///
    /// Messages sent before the confirmation are still delivered.
    ///
    /// - Throws: ``RedisError``: `commandTimedOut`, `cancelled`, `closed`. The names are removed even so.
    public func unsubscribe(_ channels: [String]) async throws {
        try await request(channels, isPattern: false) { $0.unsubscribe($1, waiter: $2, identifier: $3) }
    }

    /// Ends subscriptions by pattern. Otherwise as ``unsubscribe(_:)``.
    public func punsubscribe(_ patterns: [String]) async throws {
        try await request(patterns, isPattern: true) { $0.unsubscribe($1, waiter: $2, identifier: $3) }
    }

    /// Closes the connection and stops reconnecting. Returns when the socket is closed. No callback runs after that.
    /// A second call has no effect.
    public func close() async {
        await withCheckedContinuation { continuation in
            core.loop.execute {
                self.core.close()
                continuation.resume()
            }
        }
    }

    private func request(
        _ texts: [String], isPattern: Bool,
        _ body: @escaping @Sendable (SubscriberCore, [SubscriberCore.Name], SubscriberCore.Waiter, UInt64) -> Void
    ) async throws {
        guard !texts.isEmpty else { return }
        let names = texts.map { SubscriberCore.Name(isPattern: isPattern, text: $0) }
        let identifier = identifiers.wrappingAdd(1, ordering: .relaxed).newValue
        let core = core
        let cancelled = RedisError(
            .cancelled, "the task was cancelled before the server confirmed", outcomeUnknown: true,
            endpoint: core.configuration.endpoint)
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { waiter in
                core.loop.execute { body(core, names, waiter, identifier) }
                // The task may have been cancelled before the request.
                if Task.isCancelled { core.loop.execute { core.withdraw(identifier, cancelled) } }
            }
        } onCancel: {
            core.loop.execute { core.withdraw(identifier, cancelled) }
        }
    }
}

/// One message of a channel.
public struct RedisMessage: Sendable, Hashable {
    /// The channel of the message. Bytes that are not UTF-8 become U+FFFD.
    public var channel: String
    /// The matching pattern of a subscription by pattern. `nil` for one by name.
    public var pattern: String?
    /// The published content: almost always ``RedisValue/bulk(_:)``.
    ///
    /// On `__redis__:invalidate`, the channel of `CLIENT TRACKING … REDIRECT`, it is an array of keys, or null after
    /// the whole database was flushed.
    public var content: RedisValue

    /// The published bytes. Empty if ``content`` is not a string. O(1).
    @inlinable public var payload: [UInt8] {
        if case .bulk(let bytes) = content { bytes } else { [] }
    }

    /// Creates a message from its parts.
    public init(channel: String, pattern: String? = nil, content: RedisValue) {
        self.channel = channel
        self.pattern = pattern
        self.content = content
    }
}

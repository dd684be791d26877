import Synchronization

/// Subscriptions to channels and patterns on a connection of their own, which is renewed when lost.
///
/// Messages arrive through a callback on the thread of ``RedisEventLoop``, all of one socket read in one array, in the
/// order in which the server sent them. The callback must not block: it holds up every connection of the process. It
/// may keep the array, but the memory is used again only if it does not.
///
/// The server forgets a subscriber when its connection dies and does not keep messages for it. Everything published
/// between ``State/disconnected(_:)`` and ``State/resubscribed`` is missed, and because a loss may be noticed late
/// (after up to two ``RedisConfiguration/heartbeatInterval``s), so may be some messages before it: a cache should
/// treat every entry older than ``State/resubscribed`` as suspect.
///
/// A subscriber that is let go of without ``close()`` is closed then.
public final class RedisSubscriber: Sendable {
    /// What became of the connection. Reported in the order of events, on the thread of ``RedisEventLoop``.
    public enum State: Sendable {
        /// Connected for the first time.
        case connected
        /// The connection is gone, or the first attempt failed. Reported once for each loss, however many attempts to
        /// reconnect fail after it.
        case disconnected(RedisError)
        /// Connected again, and the server has confirmed every channel and pattern that is wanted.
        case resubscribed
    }

    private let core: SubscriberCore
    private let identifiers = Atomic<UInt64>(0)

    /// A subscriber to nothing yet. It begins to connect in the background, and goes on trying until it is closed.
    /// - Parameters:
    ///   - onStateChange: told when the connection comes and goes.
    ///   - onMessages: given the messages of one socket read; never an empty array.
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

    /// Subscribes to channels by name and returns once the server has confirmed all of them.
    ///
    /// The names are wanted from now on, whether this returns or throws: they are subscribed at every reconnection,
    /// until ``unsubscribe(_:)``. Only names that the server refuses (`serverError`) are forgotten.
    /// - Throws: ``RedisError``: `connectFailed` and its kin when there is no connection and the current attempt fails,
    ///   `commandTimedOut`, `serverError`, `cancelled`, `closed`.
    public func subscribe(_ channels: [String]) async throws {
        try await request(channels, isPattern: false) { $0.subscribe($1, waiter: $2, identifier: $3) }
    }

    /// Subscribes to all channels that match the patterns (`*`, `?`, `[abc]`), otherwise as ``subscribe(_:)``.
    public func psubscribe(_ patterns: [String]) async throws {
        try await request(patterns, isPattern: true) { $0.subscribe($1, waiter: $2, identifier: $3) }
    }

    /// Ends subscriptions by name and returns once the server has confirmed; at once if there is no connection.
    ///
    /// Messages sent before the confirmation are still delivered.
    /// - Throws: ``RedisError``: `commandTimedOut`, `cancelled`, `closed`. The names are not wanted any more even so.
    public func unsubscribe(_ channels: [String]) async throws {
        try await request(channels, isPattern: false) { $0.unsubscribe($1, waiter: $2, identifier: $3) }
    }

    /// Ends subscriptions by pattern, otherwise as ``unsubscribe(_:)``.
    public func punsubscribe(_ patterns: [String]) async throws {
        try await request(patterns, isPattern: true) { $0.unsubscribe($1, waiter: $2, identifier: $3) }
    }

    /// Closes the connection and stops reconnecting. Returns when the socket is closed; no callback is called after
    /// that. Harmless when repeated.
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
                // A cancellation that came before there was anything to withdraw.
                if Task.isCancelled { core.loop.execute { core.withdraw(identifier, cancelled) } }
            }
        } onCancel: {
            core.loop.execute { core.withdraw(identifier, cancelled) }
        }
    }
}

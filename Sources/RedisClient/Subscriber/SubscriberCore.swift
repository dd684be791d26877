/// Keeps one connection subscribed: the driver of ``SubscriptionState``. All of it runs on the loop's thread.
final class SubscriberCore: PushReceiver, @unchecked Sendable {
    // @unchecked Sendable: only the loop's thread uses the state that changes.
    typealias Waiter = UnsafeContinuation<Void, any Error>
    typealias Name = SubscriptionState<Waiter>.Name

    let configuration: RedisConfiguration
    let loop = RedisEventLoop.shared
    private let onStateChange: @Sendable (RedisSubscriber.State) -> Void
    private let onMessages: @Sendable ([RedisMessage]) -> Void

    // nonisolated(unsafe): only the loop's thread uses the ten fields below. Its owner reaches them through
    // `loop.execute`.
    nonisolated(unsafe) var state = SubscriptionState<Waiter>()  // The loop's thread only.
    private nonisolated(unsafe) var backoff: Backoff  // The loop's thread only.
    private(set) nonisolated(unsafe) var channel: Channel?  // The loop's thread only.
    private nonisolated(unsafe) var connector: Connector?  // The loop's thread only.
    private nonisolated(unsafe) var isClosed = false  // The loop's thread only.
    private nonisolated(unsafe) var wasConnected = false  // The loop's thread only.
    private nonisolated(unsafe) var isLossReported = false  // The loop's thread only.
    private nonisolated(unsafe) var heartbeatTimer: TimerHeap<Void>.Identifier?  // The loop's thread only.
    nonisolated(unsafe) var hasHeard = false  // The loop's thread only.
    nonisolated(unsafe) var isPingUnanswered = false  // The loop's thread only.

    init(
        _ configuration: RedisConfiguration, onStateChange: @escaping @Sendable (RedisSubscriber.State) -> Void,
        onMessages: @escaping @Sendable ([RedisMessage]) -> Void
    ) {
        self.configuration = configuration
        self.onStateChange = onStateChange
        self.onMessages = onMessages
        backoff = Backoff(configuration)
    }

    // MARK: Connecting

    func connect() {
        guard !isClosed else { return }
        let connector = Connector(configuration, loop: loop)
        self.connector = connector
        connector.start { [weak self] outcome in
            guard let self, !isClosed else {
                if case .success(let channel) = outcome { channel.endForClosing() }
                return
            }
            self.connector = nil
            switch outcome {
            case .success(let channel): connected(channel)
            case .failure(let error):
                reportLoss(error)
                for waiter in state.takeWaiters() { waiter.resume(throwing: error) }
                connectLater()
            }
        }
    }

    private func connectLater() {
        let delay = backoff.next(chance: .random(in: 0..<1))
        _ = loop.schedule(at: MonotonicTime.after(MonotonicTime.now(), delay)) { [weak self] in self?.connect() }
    }

    private func connected(_ channel: Channel) {
        self.channel = channel
        backoff.reset()
        channel.startPushing(to: self)
        channel.onEnd = { [weak self] error in self?.disconnected(error) }
        hasHeard = true
        isPingUnanswered = false
        beat()
        let isFirst = !wasConnected
        wasConnected = true
        let commands = state.connected()
        for command in commands { channel.post(command) }
        if isFirst {
            isLossReported = false
            onStateChange(.connected)
        } else if commands.isEmpty {
            reportRenewal()
        }
    }

    private func disconnected(_ error: RedisError) {
        channel = nil
        if let heartbeatTimer { loop.cancelTimer(heartbeatTimer) }
        heartbeatTimer = nil
        let freed = state.disconnected()
        guard !isClosed else { return }
        reportLoss(error)
        for waiter in freed { waiter.resume() }
        connectLater()
    }

    /// Reports a loss once, whatever the number of failed attempts after it.
    private func reportLoss(_ error: RedisError) {
        guard !isLossReported else { return }
        isLossReported = true
        onStateChange(.disconnected(error))
    }

    private func reportRenewal() {
        isLossReported = false
        onStateChange(.resubscribed)
    }

    /// Sends a heartbeat on a silent connection, and ends the connection if it stays silent.
    private func beat() {
        guard let interval = configuration.heartbeatInterval else { return }
        let deadline = MonotonicTime.after(MonotonicTime.now(), max(1_000_000, interval.nanoseconds))
        heartbeatTimer = loop.schedule(at: deadline) { [weak self] in self?.judgeSilence(of: interval) }
    }

    /// Sends a heartbeat or ends the connection where nothing has arrived for an interval. What arrived while this
    /// process stood still counts.
    func judgeSilence(of interval: Duration) {
        channel?.readWhatHasCome()
        guard let channel else { return }
        if hasHeard {
            isPingUnanswered = false
        } else if isPingUnanswered {
            return channel.end(
                RedisError(
                    .connectionLost, "the server did not answer a heartbeat for \(interval)",
                    endpoint: configuration.endpoint))
        } else {
            isPingUnanswered = true
            channel.post(RedisCommand("PING"))
        }
        hasHeard = false
        beat()
    }

    // MARK: Calls of the owner

    func subscribe(_ names: [Name], waiter: Waiter, identifier: UInt64) {
        if isClosed { return waiter.resume(throwing: closedError) }
        let command = state.subscribe(names, waiter: waiter, identifier: identifier)
        limit(identifier)
        if let command { channel?.post(command) }
    }

    func unsubscribe(_ names: [Name], waiter: Waiter, identifier: UInt64) {
        if isClosed { return waiter.resume(throwing: closedError) }
        guard let command = state.unsubscribe(names, waiter: waiter, identifier: identifier) else {
            return waiter.resume()
        }
        limit(identifier)
        channel?.post(command)
    }

    func withdraw(_ identifier: UInt64, _ error: RedisError) {
        state.withdraw(identifier)?.resume(throwing: error)
    }

    private func limit(_ identifier: UInt64) {
        guard let limit = configuration.commandTimeout else { return }
        _ = loop.schedule(at: MonotonicTime.after(MonotonicTime.now(), limit.nanoseconds)) { [weak self] in
            guard let self else { return }
            channel?.readWhatHasCome()
            withdraw(
                identifier,
                RedisError(
                    .commandTimedOut, "the server did not confirm in time", outcomeUnknown: true,
                    endpoint: configuration.endpoint))
        }
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        connector?.cancel(closedError)
        connector = nil
        channel?.endForClosing()
        for waiter in state.takeWaiters() { waiter.resume(throwing: closedError) }
    }

    var closedError: RedisError { RedisError(.closed, "the subscriber was closed", endpoint: configuration.endpoint) }

    // MARK: Calls of the connection

    func receive(_ messages: [RedisMessage]) {
        onMessages(messages)
    }

    func receive(_ reply: PushedReply) {
        switch reply {
        case .confirmation(let name, let isPattern):
            let (waiters, isRenewed) = state.confirmed(Name(isPattern: isPattern, text: name))
            if isRenewed, isLossReported { reportRenewal() }
            for waiter in waiters { waiter.resume() }
        case .refusal(let line):
            let error = RedisError.server(line, endpoint: configuration.endpoint)
            switch state.refused() {
            case .fail(let waiters): for waiter in waiters { waiter.resume(throwing: error) }
            case .giveUp: channel?.end(error)
            }
        case .other: break
        }
    }

    func endOfRead() {
        hasHeard = true
    }
}

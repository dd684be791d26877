import Support

extension RedisPool {
    /// Runs `body` with a connection that nobody else uses meanwhile.
    ///
    /// The connection is an idle one, or a new one while there is room, or the first to come back. It goes back in
    /// whatever way `body` ends; if it is lost or still owes replies by then it is closed instead. Leave it as it was:
    /// no open transaction, no other database, no subscription. Do not keep it after `body` has ended.
    /// - Throws: what `body` throws; ``RedisError`` `poolTimedOut` when no connection came free within
    ///   ``RedisConfiguration/poolTimeout``, `connectFailed` and its kin when a new one could not be opened,
    ///   `cancelled`, `closed`.
    public func withConnection<Result>(
        isolation: isolated (any Actor)? = #isolation,
        _ body: (RedisConnection) async throws -> Result
    ) async throws -> Result {
        let channel = try await lease()
        defer { giveBack(channel) }
        return try await body(RedisConnection(channel, isOwner: false))
    }

    private func lease() async throws -> Channel {
        try await waiting { waiter, identifier in
            switch state.withLock({ $0.requestLease(waiter, identifier: identifier) }) {
            case .use(let channel): waiter.resume(returning: channel)
            case .open: openForLease(waiter)
            case .wait: limitWaiting(identifier)
            case .refuse: waiter.resume(throwing: closedError)
            }
        }
    }

    private func openForLease(_ waiter: Waiter) {
        loop.execute {
            self.open { pool, outcome in
                switch outcome {
                case .success(let channel):
                    guard pool.state.withLock({ $0.leaseOpened(channel) }) else {
                        channel.endForClosing()
                        return waiter.resume(throwing: pool.closedError)
                    }
                    channel.onEnd = { [weak pool, unowned channel] _ in pool?.state.withLock { $0.idleLost(channel) } }
                    waiter.resume(returning: channel)
                case .failure(let error):
                    waiter.resume(throwing: error)
                    pool.follow(pool.state.withLock { $0.leaseOpenFailed() }, nil)
                }
            }
        }
    }

    private func limitWaiting(_ identifier: UInt64) {
        let limit = configuration.poolTimeout
        loop.execute {
            _ = self.loop.schedule(at: MonotonicTime.after(MonotonicTime.now(), limit.nanoseconds)) { [weak self] in
                guard let self else { return }
                withdraw(
                    identifier,
                    RedisError(
                        .poolTimedOut, "no connection came free within \(limit)", endpoint: configuration.endpoint))
            }
        }
    }

    private func giveBack(_ channel: Channel) {
        let isReusable = channel.state.withLock { $0.ended == nil && $0.queue.isEmpty }
        follow(state.withLock { $0.giveBack(channel, isReusable: isReusable) }, channel)
        // It may have ended in between, when `onEnd` found it in nobody's hands.
        if isReusable, !channel.isOpen { state.withLock { $0.idleLost(channel) } }
    }

    private func follow(_ place: PoolState<Channel, Waiter>.FreedPlace, _ channel: Channel?) {
        switch place {
        case .keepIdle: break
        case .hand(let channel, let waiter): waiter.resume(returning: channel)
        case .close: close(channel)
        case .open(let waiter):
            close(channel)
            openForLease(waiter)
        }
    }

    private func close(_ channel: Channel?) {
        if let channel { loop.execute { channel.endForClosing() } }
    }
}

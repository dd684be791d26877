import Support

extension RedisPool {
    /// Runs `body` with a connection that no other caller uses meanwhile.
    ///
    /// The connection is an idle one, a new one within the limit, or the first that becomes free. It returns to the
    /// pool when `body` ends. The pool closes it if it is lost or has pending replies then. `body` must leave no open
    /// transaction, no other database and no subscription, and must not keep the connection.
    ///
    /// - Throws: the error of `body`; ``RedisError`` `poolTimedOut` if no connection became free within
    ///   ``RedisConfiguration/poolTimeout``; `connectFailed` and other errors of connecting; `cancelled`; `closed`.
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
        // The connection may have ended in between, when `onEnd` did not find it among the idle ones.
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

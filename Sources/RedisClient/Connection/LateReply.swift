import Support

/// What a caller is told first about its command.
enum Answer {
    case value(RedisValue)
    /// There is no reply yet, and it may take long: wait here for it, ready to be cancelled.
    case late(LateReply)
}

/// Where a reply, or the reason why there is none, meets the caller who waits for it, whichever comes first.
final class LateReply: Sendable {
    typealias Waiter = UnsafeContinuation<RedisValue, any Error>

    private enum State {
        case awaited(by: Waiter?)
        case settled(Result<RedisValue, RedisError>)
    }

    /// Names the command for a cancellation.
    let ticket: UInt64
    private let state = Lock(State.awaited(by: nil))

    init(ticket: UInt64) {
        self.ticket = ticket
    }

    /// Resumes the caller now, or as soon as it waits. To be called once.
    func settle(_ outcome: Result<RedisValue, RedisError>) {
        let waiter: Waiter? = state.withLock { state in
            guard case .awaited(let waiter) = state else { return nil }
            state = .settled(outcome)
            return waiter
        }
        waiter?.resume(with: outcome)
    }

    /// Waits for the outcome. To be called once.
    func wait(_ waiter: Waiter) {
        let outcome: Result<RedisValue, RedisError>? = state.withLock { state in
            if case .settled(let outcome) = state { return outcome }
            state = .awaited(by: waiter)
            return nil
        }
        if let outcome { waiter.resume(with: outcome) }
    }
}

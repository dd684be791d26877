import Support

/// The first result of a command for its caller.
enum Answer {
    case value(RedisValue)
    /// There is no reply yet. The caller waits here, with a cancellation handler.
    case late(LateReply)
}

/// A reply or an error for one caller. It and the caller may come in either order.
final class LateReply: Sendable {
    typealias Waiter = UnsafeContinuation<RedisValue, any Error>

    private enum State {
        case awaited(by: Waiter?)
        case settled(Result<RedisValue, RedisError>)
    }

    /// Identifies the command for a cancellation.
    let ticket: UInt64
    private let state = Lock(State.awaited(by: nil))

    init(ticket: UInt64) {
        self.ticket = ticket
    }

    /// Resumes the caller, now or when it waits. Call it once.
    func settle(_ outcome: Result<RedisValue, RedisError>) {
        let waiter: Waiter? = state.withLock { state in
            guard case .awaited(let waiter) = state else { return nil }
            state = .settled(outcome)
            return waiter
        }
        waiter?.resume(with: outcome)
    }

    /// Waits for the outcome. Call it once.
    func wait(_ waiter: Waiter) {
        let outcome: Result<RedisValue, RedisError>? = state.withLock { state in
            if case .settled(let outcome) = state { return outcome }
            state = .awaited(by: waiter)
            return nil
        }
        if let outcome { waiter.resume(with: outcome) }
    }
}

/// Decides whether a server is worth asking: a state machine that does nothing by itself and knows no clock.
///
/// *Closed*: every call is let through; so many failures in a row open it. *Open*: calls are refused at once, until the time
/// of rest is over. *Half-open*: one call at a time is let through as a probe; if it succeeds the breaker closes, if it fails
/// it opens again and rests twice as long, up to a limit. (M. Nygard, *Release It!*, 2007.)
///
/// Times are nanoseconds on any one clock that never goes back. Everything is O(1). A value: whoever shares one puts it behind
/// a lock, as ``RedisManager`` does.
public struct CircuitBreaker: Sendable, Hashable {
    /// How soon it opens and for how long.
    public struct Configuration: Sendable, Hashable {
        /// So many failures without a success between them open it; at least 1. Default: 5.
        public var failuresToOpen: Int
        /// The first time of rest. Default: 100 ms.
        public var rest: Duration
        /// The longest one. Default: 1 s.
        public var longestRest: Duration

        /// - Parameters:
        ///   - failuresToOpen: values below 1 count as 1.
        ///   - longestRest: values below `rest` count as `rest`.
        public init(
            failuresToOpen: Int = 5, rest: Duration = .milliseconds(100), longestRest: Duration = .seconds(1)
        ) {
            self.failuresToOpen = max(1, failuresToOpen)
            self.rest = rest
            self.longestRest = max(rest, longestRest)
        }
    }

    /// What it does with calls.
    public enum State: String, Sendable, Hashable {
        case closed, open
        case halfOpen = "half-open"
    }

    /// A change of state, for logs and metrics.
    public struct Transition: Sendable, Hashable {
        public var from: State
        public var to: State
        /// When, on the caller's clock.
        public var time: Int64

        public init(from: State, to: State, time: Int64) {
            self.from = from
            self.to = to
            self.time = time
        }
    }

    /// What a call that was let through shows again when it ends.
    public struct Permit: Sendable, Hashable {
        fileprivate let period: UInt64
        /// Whether the breaker's next state hangs on this call.
        public let isProbe: Bool
    }

    /// What a caller may do.
    public enum Decision: Sendable, Hashable {
        case allowed(Permit)
        /// Not before so many nanoseconds have passed; 0 while a probe is on its way.
        case refused(retryAfter: Int64)
    }

    /// How a call ended.
    public enum Outcome: Sendable, Hashable {
        /// The server answered, if only with an error.
        case success
        /// The server did not answer.
        case failure
        /// The call says nothing about the server: it was cancelled, say.
        case abandoned
    }

    public let configuration: Configuration
    public private(set) var state = State.closed
    /// Since the last success.
    public private(set) var failuresInARow = 0

    /// Counts the changes of state: what a call of an earlier period comes back with says nothing any more.
    private var period: UInt64 = 0
    private var isProbing = false
    private var restUntil: Int64 = 0
    private var nextRest: Duration

    public init(_ configuration: Configuration = Configuration()) {
        self.configuration = configuration
        nextRest = configuration.rest
    }

    /// Asks before a call. An open breaker whose rest is over becomes half-open by this.
    public mutating func ask(at now: Int64) -> (decision: Decision, transition: Transition?) {
        switch state {
        case .closed:
            return (.allowed(Permit(period: period, isProbe: false)), nil)
        case .open where now < restUntil:
            return (.refused(retryAfter: restUntil - now), nil)
        case .open:
            let transition = change(to: .halfOpen, at: now)
            isProbing = true
            return (.allowed(Permit(period: period, isProbe: true)), transition)
        case .halfOpen where isProbing:
            return (.refused(retryAfter: 0), nil)
        case .halfOpen:
            isProbing = true
            return (.allowed(Permit(period: period, isProbe: true)), nil)
        }
    }

    /// Tells how a call ended. Calls that were let through before the last change of state change nothing.
    public mutating func ended(_ permit: Permit, _ outcome: Outcome, at now: Int64) -> Transition? {
        guard permit.period == period else { return nil }
        if permit.isProbe { isProbing = false }
        switch (outcome, state) {
        case (.abandoned, _), (_, .open): return nil
        case (.success, .closed):
            failuresInARow = 0
            return nil
        case (.success, .halfOpen):
            failuresInARow = 0
            nextRest = configuration.rest
            return change(to: .closed, at: now)
        case (.failure, .closed):
            failuresInARow += 1
            return failuresInARow >= configuration.failuresToOpen ? open(at: now) : nil
        case (.failure, .halfOpen):
            failuresInARow += 1
            return open(at: now)
        }
    }

    private mutating func open(at now: Int64) -> Transition {
        let (end, overflow) = now.addingReportingOverflow(Int64(clamping: nextRest.nanoseconds))
        restUntil = overflow ? .max : end
        nextRest = min(nextRest * 2, configuration.longestRest)
        return change(to: .open, at: now)
    }

    private mutating func change(to next: State, at now: Int64) -> Transition {
        defer { state = next }
        period += 1
        return Transition(from: state, to: next, time: now)
    }
}

extension CircuitBreaker.Outcome {
    /// What an error says about the server. `nil`: there was none.
    public init(of error: (any Error)?) {
        guard let error else {
            self = .success
            return
        }
        switch (error as? RedisError)?.code {
        // It answered.
        case .serverError: self = .success
        case .connectFailed, .connectTimedOut, .authenticationFailed, .connectionLost, .commandTimedOut, .protocolError:
            self = .failure
        // The pool is busy, the caller changed his mind, or it is an error of the caller's own.
        default: self = .abandoned
        }
    }
}

/// Decides whether calls may go to a server. It is a state machine without side effects and without a clock.
///
/// - *Closed*: it allows every call. A number of consecutive failures opens it.
/// - *Open*: it refuses calls at once until its rest is over.
/// - *Half-open*: it allows one call at a time as a probe. A success closes the breaker. A failure opens it again,
///   with twice the rest, up to a limit.
///
/// Source: M. Nygard, *Release It!*, 2007. Times are nanoseconds on one clock that never goes back. All operations
/// are O(1). The breaker is a value. Several users need a lock around it, as in ``RedisManager``.
public struct CircuitBreaker: Sendable, Hashable {
    /// When the breaker opens, and for how long.
    public struct Configuration: Sendable, Hashable {
        /// The number of failures without a success between them that opens the breaker. At least 1. Default: 5.
        public var failuresToOpen: Int
        /// The first rest. Default: 100 ms.
        public var rest: Duration
        /// The longest rest. Default: 1 s.
        public var longestRest: Duration

        /// Creates a configuration.
        ///
        /// - Parameters:
        ///   - failuresToOpen: values below 1 count as 1.
        ///   - rest: the first rest.
        ///   - longestRest: values below `rest` count as `rest`.
        public init(
            failuresToOpen: Int = 5, rest: Duration = .milliseconds(100), longestRest: Duration = .seconds(1)
        ) {
            self.failuresToOpen = max(1, failuresToOpen)
            self.rest = rest
            self.longestRest = max(rest, longestRest)
        }
    }

    /// The state of a breaker.
    public enum State: String, Sendable, Hashable {
        /// The breaker allows every call, or refuses every call.
        case closed, open
        /// The breaker allows one call at a time as a probe.
        case halfOpen = "half-open"
    }

    /// A change of the state, for logs and metrics.
    public struct Transition: Sendable, Hashable {
        /// The state before.
        public var from: State
        /// The state after.
        public var to: State
        /// The time of the change in nanoseconds, on the caller's clock.
        public var time: Int64

        /// Creates a transition.
        public init(from: State, to: State, time: Int64) {
            self.from = from
            self.to = to
            self.time = time
        }
    }

    /// The permission for one call. The caller returns it when the call ends.
    public struct Permit: Sendable, Hashable {
        fileprivate let period: UInt64
        /// Whether the outcome of this call decides the next state of the breaker.
        public let isProbe: Bool
    }

    /// The answer of the breaker to a caller.
    public enum Decision: Sendable, Hashable {
        /// The call may go to the server.
        case allowed(Permit)
        /// The call must wait for this number of nanoseconds. The number is 0 while a probe is running.
        case refused(retryAfter: Int64)
    }

    /// The end of a call.
    public enum Outcome: Sendable, Hashable {
        /// The server answered, with a reply or an error.
        case success
        /// The server did not answer.
        case failure
        /// The call says nothing about the server, for example because it was cancelled.
        case abandoned
    }

    /// The configuration of the breaker.
    public let configuration: Configuration
    /// The current state.
    public private(set) var state = State.closed
    /// The number of failures since the last success.
    public private(set) var failuresInARow = 0

    /// The number of changes of the state. The breaker ignores the outcomes of calls of earlier periods.
    private var period: UInt64 = 0
    private var isProbing = false
    private var restUntil: Int64 = 0
    private var nextRest: Duration

    /// Creates a closed breaker.
    public init(_ configuration: Configuration = Configuration()) {
        self.configuration = configuration
        nextRest = configuration.rest
    }

    /// Asks for permission for a call. If the rest of an open breaker is over, the breaker becomes half-open. O(1).
    ///
    /// - Parameter now: the time in nanoseconds.
    /// - Returns: the decision, and the change of the state if there is one.
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

    /// Reports the end of a call. It has no effect if the state has changed since the call was allowed. O(1).
    ///
    /// - Parameters:
    ///   - permit: the permission of the call.
    ///   - outcome: the end of the call.
    ///   - now: the time in nanoseconds.
    /// - Returns: the change of the state, or `nil`.
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
    /// Classifies the error of a call. `nil` stands for a call without an error.
    ///
    /// A server error is a success, because the server answered. Errors of the connection are failures. All other
    /// errors, including those of the caller, are `abandoned`.
    public init(of error: (any Error)?) {
        guard let error else {
            self = .success
            return
        }
        switch (error as? RedisError)?.code {
        // The server answered.
        case .serverError: self = .success
        case .connectFailed, .connectTimedOut, .authenticationFailed, .connectionLost, .commandTimedOut, .protocolError:
            self = .failure
        // The pool is busy, the caller cancelled the call, or the error is the caller's own.
        default: self = .abandoned
        }
    }
}

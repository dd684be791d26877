import CoreMetrics

/// The metrics of a manager's breaker, for the process's metrics system (swift-metrics).
///
/// | metric | |
/// | --- | --- |
/// | `redis_breaker_state` | 0 closed, 1 half-open, 2 open |
/// | `redis_breaker_transitions_total` | transitions, by the state after them (`to`) |
///
/// Both have the dimension `server`. The process must set up its metrics system before it creates the manager.
struct ManagerMetrics: Sendable {
    private let state: Gauge
    private let transitions: [CircuitBreaker.State: Counter]

    init(_ endpoint: RedisEndpoint) {
        let server = [("server", "\(endpoint)")]
        state = Gauge(label: "redis_breaker_state", dimensions: server)
        state.record(Self.level(of: .closed))
        var transitions: [CircuitBreaker.State: Counter] = [:]
        for state in [.closed, .halfOpen, .open] as [CircuitBreaker.State] {
            let counter = Counter(
                label: "redis_breaker_transitions_total", dimensions: server + [("to", state.rawValue)])
            // The series exists before the first transition.
            counter.increment(by: 0)
            transitions[state] = counter
        }
        self.transitions = transitions
    }

    func changed(_ transition: CircuitBreaker.Transition) {
        state.record(Self.level(of: transition.to))
        transitions[transition.to]?.increment()
    }

    private static func level(of state: CircuitBreaker.State) -> Int {
        switch state {
        case .closed: 0
        case .halfOpen: 1
        case .open: 2
        }
    }
}

/// The number of a manager's calls by their outcome. Each call counts once, when it has ended.
public struct CallCounts: Sendable, Hashable {
    /// The server answered, with a reply or an error.
    public var answered = 0
    /// The breaker was open, and nothing was sent.
    public var refused = 0
    /// There was no answer, and the server has executed nothing; by the kind of failure.
    public var failed: [RedisError.Code: Int] = [:]
    /// There was no answer, and the server may have executed the call; by the kind of failure.
    public var unknown: [RedisError.Code: Int] = [:]

    /// Creates counts of zero.
    public init() {}

    /// Counts a call.
    ///
    /// - Parameter error: the error of the call, or `nil`. An error of the caller's own counts as an answer.
    mutating func count(_ error: (any Error)?) {
        guard let error = error as? RedisError, error.code != .serverError else {
            answered += 1
            return
        }
        if error.outcomeUnknown { unknown[error.code, default: 0] += 1 } else { failed[error.code, default: 0] += 1 }
    }
}

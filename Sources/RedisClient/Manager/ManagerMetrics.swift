import CoreMetrics

/// What a manager tells the process's metrics system (swift-metrics) about its breaker. Without one that is nothing.
///
/// | metric | |
/// | --- | --- |
/// | `redis_breaker_state` | 0 closed, 1 half-open, 2 open |
/// | `redis_breaker_transitions_total` | changes, by the state they led `to` |
///
/// Both carry the `server`. The metrics system has to be set up before the manager is first asked for.
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
            // The series exists before the first change.
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

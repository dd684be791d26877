import RedisClient
import Testing

@Suite("The circuit breaker")
struct CircuitBreakerTests {
    private static let configuration = CircuitBreaker.Configuration(
        failuresToOpen: 3, rest: .nanoseconds(100), longestRest: .nanoseconds(300))

    /// Asks for a call and ends it.
    private func call(
        _ breaker: inout CircuitBreaker, _ outcome: CircuitBreaker.Outcome, at time: Int64
    ) throws -> CircuitBreaker.Transition? {
        let (decision, opening) = breaker.ask(at: time)
        guard case .allowed(let permit) = decision else {
            Issue.record("refused at \(time)")
            return nil
        }
        return breaker.ended(permit, outcome, at: time) ?? opening
    }

    @Test("Only consecutive failures open it")
    func inARow() throws {
        var breaker = CircuitBreaker(Self.configuration)
        for outcome in [.failure, .failure, .success, .failure, .abandoned, .failure] as [CircuitBreaker.Outcome] {
            #expect(try call(&breaker, outcome, at: 0) == nil, "\(outcome)")
        }
        let transition = try call(&breaker, .failure, at: 7)
        #expect(transition == CircuitBreaker.Transition(from: .closed, to: .open, time: 7))
        #expect(breaker.ask(at: 8).decision == .refused(retryAfter: 99))
    }

    @Test("After its rest one call probes; each failed probe doubles the rest, up to the limit")
    func probing() throws {
        var breaker = CircuitBreaker(Self.configuration)
        for _ in 0..<3 { _ = try call(&breaker, .failure, at: 0) }
        var now: Int64 = 0
        for rest in [100, 200, 300, 300] as [Int64] {
            #expect(breaker.ask(at: now + rest - 1).decision == .refused(retryAfter: 1), "at \(now)")
            now += rest
            let (decision, transition) = breaker.ask(at: now)
            guard case .allowed(let probe) = decision else {
                Issue.record("no probe")
                return
            }
            #expect(probe.isProbe && transition?.to == .halfOpen, "at \(now)")
            #expect(breaker.ask(at: now).decision == .refused(retryAfter: 0), "at \(now)")
            #expect(breaker.ended(probe, .failure, at: now)?.to == .open, "at \(now)")
        }
        now += 300
        #expect(try call(&breaker, .success, at: now) == .init(from: .halfOpen, to: .closed, time: now))
        // The rest is short again.
        for _ in 0..<3 { _ = try call(&breaker, .failure, at: now) }
        #expect(breaker.ask(at: now).decision == .refused(retryAfter: 100))
    }

    @Test("An abandoned probe leaves its turn to another call")
    func abandonedProbe() throws {
        var breaker = CircuitBreaker(Self.configuration)
        for _ in 0..<3 { _ = try call(&breaker, .failure, at: 0) }
        #expect(try call(&breaker, .abandoned, at: 100)?.to == .halfOpen)
        #expect(breaker.state == .halfOpen)
        #expect(try call(&breaker, .success, at: 100)?.to == .closed)
    }

    @Test("A call that began before a change of the state has no effect on its return")
    func latecomers() throws {
        var breaker = CircuitBreaker(Self.configuration)
        guard case .allowed(let early) = breaker.ask(at: 0).decision else { return }
        for _ in 0..<3 { _ = try call(&breaker, .failure, at: 0) }
        #expect(breaker.ended(early, .success, at: 1) == nil)
        #expect(breaker.state == .open)
        guard case .allowed(let probe) = breaker.ask(at: 100).decision else { return }
        #expect(breaker.ended(early, .failure, at: 101) == nil)
        #expect(breaker.state == .halfOpen)
        #expect(breaker.ended(probe, .success, at: 102)?.to == .closed)
    }

    @Test(
        "An error is classified as success, failure or abandoned",
        arguments: [
            (.connectFailed, .failure), (.connectionLost, .failure), (.commandTimedOut, .failure),
            (.serverError, .success), (.cancelled, .abandoned), (.poolTimedOut, .abandoned),
        ] as [(RedisError.Code, CircuitBreaker.Outcome)])
    func meaning(code: RedisError.Code, outcome: CircuitBreaker.Outcome) {
        #expect(CircuitBreaker.Outcome(of: RedisError(code, "")) == outcome)
    }
}

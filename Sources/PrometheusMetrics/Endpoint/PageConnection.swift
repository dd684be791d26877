/// The state machine of one connection. It does no input or output.
///
/// It reads a request, sends one answer, and then discards further bytes of the client for one second: closing a
/// socket with unread bytes could discard the answer.
struct PageConnection: Sendable {
    enum Phase: Sendable {
        case reading(RequestHead)
        case answering([UInt8], sent: Int)
        case discarding(left: Int)
        case closed
    }

    /// The next task of the driver.
    enum Action: Equatable, Sendable { case receive, send, close }

    /// The maximum number of bytes to discard, and the maximum time.
    static let discarded = (bytes: 4 << 20, time: Duration.seconds(1))

    private(set) var phase: Phase
    private(set) var deadline: ContinuousClock.Instant
    private let limits: EndpointLimits

    init(limits: EndpointLimits, now: ContinuousClock.Instant) {
        self.limits = limits
        phase = .reading(RequestHead(limit: limits.requestBytes))
        deadline = now + limits.requestTime
    }

    var action: Action {
        switch phase {
        case .reading, .discarding: .receive
        case .answering: .send
        case .closed: .close
        }
    }

    /// The part of the answer that the driver has still to send.
    var unsent: ArraySlice<UInt8> {
        if case .answering(let answer, let sent) = phase { answer[sent...] } else { [] }
    }

    /// Takes bytes of the client.
    /// - Parameter bytes: at least one.
    mutating func received(
        _ bytes: some Collection<UInt8>, at now: ContinuousClock.Instant, answer: (RequestHead.Outcome) -> PageAnswer
    ) {
        switch phase {
        case .reading(var head):
            let outcome = head.add(bytes)
            if outcome == .incomplete { phase = .reading(head) } else { begin(answer(outcome), at: now) }
        case .discarding(let left): phase = left > bytes.count ? .discarding(left: left - bytes.count) : .closed
        case .answering, .closed: break
        }
    }

    /// - Returns: whether the answer is complete, so that the driver must close its sending side.
    mutating func sent(_ count: Int, at now: ContinuousClock.Instant) -> Bool {
        guard case .answering(let answer, let before) = phase else { return false }
        guard before + count >= answer.count else {
            phase = .answering(answer, sent: before + count)
            return false
        }
        phase = .discarding(left: Self.discarded.bytes)
        deadline = now + Self.discarded.time
        return true
    }

    /// Ends the connection: the client has closed its side, or the connection is broken.
    mutating func ended() { phase = .closed }

    mutating func timePassed(until now: ContinuousClock.Instant, answer: (RequestHead.Outcome) -> PageAnswer) {
        guard now >= deadline else { return }
        if case .reading = phase { begin(answer(.incomplete), at: now) } else { phase = .closed }
    }

    private mutating func begin(_ answer: PageAnswer, at now: ContinuousClock.Instant) {
        phase = .answering(answer.bytes, sent: 0)
        deadline = now + limits.answerTime
    }
}

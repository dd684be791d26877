import RedisClient
import Support

/// Sends events in order, several at a time, and repeats them until the server has confirmed them.
final class EventPublisher: Sendable {
    private struct State {
        var source: EventSource
        var sequence: UInt64 = 0
        var waiting: [[UInt8]] = []
        /// The frames taken from `waiting` that are not confirmed yet.
        var underWay = 0
        var isDraining = false
        /// How many drains have begun.
        var drains = 0
        var isClosed = false
        /// The number of confirmed events, without marks.
        var confirmed: UInt64 = 0
        var repeated: UInt64 = 0
    }

    /// The maximum number of frames in one write.
    private static let mostTogether = 512

    private let configuration: BridgeConfiguration
    private let pool: RedisPool
    private let encoder: FrameCommands
    private let state: Lock<State>
    /// By the number of the drain that has to end.
    private let flushes = WaitQueue<Int>()

    init(_ configuration: BridgeConfiguration) {
        self.configuration = configuration
        pool = RedisPool(configuration.redis)
        encoder = FrameCommands(configuration)
        state = Lock(State(source: EventSource(instance: configuration.instance, firstPublished: 0)))
    }

    func publish(_ payload: [UInt8], time: Int64) throws(BridgeError) -> UInt64 {
        let (sequence, mustDrain) = try state.withLock { state throws(BridgeError) -> (UInt64, Bool) in
            guard !state.isClosed else { throw BridgeError(.closed, "the bridge was closed") }
            guard state.waiting.count + state.underWay < configuration.outboxLimit else {
                throw BridgeError(
                    .outboxFull, "\(configuration.outboxLimit) events wait for the server, and no more may")
            }
            if state.sequence == 0 { state.source.firstPublished = BridgeClock.now() }
            state.sequence += 1
            let event = BridgeEvent(source: state.source, sequence: state.sequence, time: time, payload: payload)
            return (state.sequence, enqueue(EventFrame(kind: .event, event: event), &state))
        }
        if mustDrain { startDraining() }
        return sequence
    }

    func mark() {
        let mustDrain = state.withLock { state in
            // A mark after waiting events would add nothing: their numbers say the same.
            guard state.sequence > 0, !state.isClosed, state.waiting.isEmpty else { return false }
            let event = BridgeEvent(
                source: state.source, sequence: state.sequence, time: BridgeClock.now(), payload: [])
            return enqueue(EventFrame(kind: .mark, event: event), &state)
        }
        if mustDrain { startDraining() }
    }

    func flush() async {
        let drain = state.withLock { $0.drains }
        await flushes.wait(for: drain, endsWithTask: false) {
            state.withLock { $0.isDraining && $0.drains == drain && !$0.isClosed }
        }
    }

    func add(to counts: inout BridgeCounts) {
        state.withLock { state in
            counts.published += state.sequence
            counts.confirmed += state.confirmed
            counts.repeated += state.repeated
        }
    }

    func close() {
        state.withLock { state in
            state.isClosed = true
            state.waiting = []
        }
        flushes.wake()
        let pool = pool
        Task { await pool.close() }
    }

    // MARK: Sending

    /// - Returns: whether the caller must start the sending task.
    private func enqueue(_ frame: EventFrame, _ state: inout State) -> Bool {
        state.waiting.append(frame.encoded)
        if state.isDraining { return false }
        state.isDraining = true
        state.drains += 1
        return true
    }

    private func startDraining() {
        Task(executorPreference: RedisEventLoop.shared) { await self.drain() }
    }

    private func drain() async {
        while let frames = take() { await deliver(frames) }
    }

    private func take() -> ArraySlice<[UInt8]>? {
        let (frames, drain) = state.withLock { state in
            let frames = state.waiting.prefix(Self.mostTogether)
            state.waiting.removeFirst(frames.count)
            state.underWay = frames.count
            if frames.isEmpty { state.isDraining = false }
            return (frames, state.drains)
        }
        guard frames.isEmpty else { return frames }
        flushes.wake { $0 <= drain }
        return nil
    }

    /// Repeats until every frame is confirmed. A receiver filters repeated frames by their number.
    private func deliver(_ frames: ArraySlice<[UInt8]>) async {
        var remaining = frames
        var backoff = Backoff(configuration.redis)
        while !remaining.isEmpty, !state.withLock({ $0.isClosed }) {
            var confirmed = 0
            do {
                let first = remaining.startIndex
                let commands = remaining.indices.flatMap {
                    encoder.commands(for: remaining[$0], isFirst: $0 == first)
                }
                let replies = try await pool.pipeline(commands)
                confirmed = encoder.confirmed(replies)
            } catch {
                // Whatever the error is, unconfirmed frames are sent again until the bridge is closed.
            }
            let events = remaining.prefix(confirmed).count { $0.first == EventFrame.Kind.event.rawValue }
            remaining = remaining.dropFirst(confirmed)
            state.withLock { state in
                state.confirmed += UInt64(events)
                state.repeated += UInt64(remaining.count)
            }
            guard !remaining.isEmpty else { return }
            try? await Task.sleep(for: .nanoseconds(backoff.next(chance: .random(in: 0..<1))))
        }
    }
}

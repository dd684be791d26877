/// Messages for one task, which takes them one after the other and waits where there are none.
///
/// What `AsyncStream` does for one reader, without its cancellation handler and specialised for the message: a
/// simulation that hands on a hundred thousand messages a second spent a fifth of its time there. A reader is ended
/// by ``close()``, not by the cancellation of its task.
public final class Mailbox<Message: Sendable>: Sendable {
    @usableFromInline
    struct State {
        /// Those before `next` have been taken.
        @usableFromInline var messages: [Message] = []
        @usableFromInline var next = 0
        @usableFromInline var reader: CheckedContinuation<Message?, Never>?
        @usableFromInline var isClosed = false

        @inlinable
        init() {}

        @inlinable
        mutating func take() -> Message? {
            guard next < messages.count else { return nil }
            let message = messages[next]
            next += 1
            if next == messages.count {
                messages.removeAll(keepingCapacity: true)
                next = 0
            } else if next > 64, next * 2 > messages.count {
                messages.removeFirst(next)
                next = 0
            }
            return message
        }
    }

    @usableFromInline let state: Lock<State>

    @inlinable
    public init() { state = Lock(State()) }

    /// Adds a message, unless the mailbox is closed. Amortised O(1).
    @inlinable
    public func put(_ message: Message) {
        let reader = state.withLock { state in
            if state.isClosed { return nil as CheckedContinuation<Message?, Never>? }
            if state.reader == nil { state.messages.append(message) }
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: message)
    }

    /// The next message, once there is one; `nil` when the mailbox is closed and empty. For one task at a time.
    @inlinable
    nonisolated(nonsending) public func take() async -> Message? {
        if let message = state.withLock({ $0.take() }) { return message }
        return await withCheckedContinuation { reader in
            let answer: Message?? = state.withLock { state in
                if let message = state.take() { return .some(message) }
                if state.isClosed { return .some(nil) }
                precondition(state.reader == nil, "a mailbox has one reader")
                state.reader = reader
                return nil
            }
            if let answer { reader.resume(returning: answer) }
        }
    }

    /// Takes no more messages. Those that are there can still be taken.
    @inlinable
    public func close() {
        let reader = state.withLock { state in
            state.isClosed = true
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }
}

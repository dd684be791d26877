/// Tasks that wait for a change of what some lock guards, each with what it waits for.
///
/// Whoever makes the change wakes them afterwards, when it has given up its own lock: a task asks whether it must wait
/// while it is put into the queue, so that a change between the two is not missed. They are woken in the order in which
/// they came. A task may be woken for a change that was made before it came: it asks again, or its goal says which
/// change it waits for.
public final class WaitQueue<Goal: Sendable>: Sendable {
    private struct Waiter {
        /// Names it for a cancellation.
        let ticket: Int
        let goal: Goal
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var waiters: [Waiter] = []
        var tickets = 0

        mutating func take(where isTaken: (Waiter) -> Bool) -> [Waiter] {
            guard waiters.contains(where: isTaken) else { return [] }
            defer { waiters.removeAll(where: isTaken) }
            return waiters.filter(isTaken)
        }
    }

    private let state = Lock(State())

    /// A queue in which nothing waits.
    public init() {}

    /// Returns when the task is woken, and at once if it need not wait.
    /// - Parameters:
    ///   - goal: what it waits for, by which ``wake(where:)`` chooses.
    ///   - endsWithTask: whether it also returns when the task is cancelled.
    ///   - mustWait: asked once. It may take the lock of what is waited for, and must not use the queue.
    nonisolated(nonsending) public func wait(
        for goal: Goal, endsWithTask: Bool = true, while mustWait: () -> Bool
    ) async {
        let ticket = state.withLock { state in
            state.tickets += 1
            return state.tickets
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    // A cancellation may have come before there was anything to resume.
                    let waits = mustWait() && !(endsWithTask && Task.isCancelled)
                    if waits {
                        state.waiters.append(Waiter(ticket: ticket, goal: goal, continuation: continuation))
                    }
                    return waits
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            if endsWithTask { resume(where: { $0.ticket == ticket }) }
        }
    }

    /// How many wait.
    public var count: Int { state.withLock { $0.waiters.count } }

    /// Wakes all that wait. O(n).
    public func wake() { resume { _ in true } }

    /// Wakes those that wait for certain goals. O(n).
    public func wake(where isReached: (Goal) -> Bool) { resume { isReached($0.goal) } }

    private func resume(where isTaken: (Waiter) -> Bool) {
        let woken = state.withLock { $0.take(where: isTaken) }
        for waiter in woken { waiter.continuation.resume() }
    }
}

extension WaitQueue where Goal == Void {
    /// Returns when the task is woken, and at once if it need not wait.
    /// - Parameters:
    ///   - endsWithTask: whether it also returns when the task is cancelled.
    ///   - mustWait: asked once. It may take the lock of what is waited for, and must not use the queue.
    nonisolated(nonsending) public func wait(endsWithTask: Bool = true, while mustWait: () -> Bool) async {
        await wait(for: (), endsWithTask: endsWithTask, while: mustWait)
    }
}

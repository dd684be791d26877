import History
import Support

/// Knows up to which logical time every other instance has applied the invalidations, and wakes the writers that wait
/// for it.
final class AcknowledgementTracker: Sendable {
    private struct Waiter {
        let time: Int64
        /// Names it for a cancellation.
        let ticket: Int
        /// Few, so that a list is quicker than a set.
        var missing: [String]
        // Unsafe, to save an allocation a wait: it is resumed by who takes its waiter off the list, under the lock.
        let continuation: UnsafeContinuation<[String], Never>
        var hasSeenTick = false
    }

    private struct State {
        var applied: [NameKey: Int64] = [:]
        var waiters: [Waiter] = []
        var tickets = 0
        var isStopped = false
    }

    private let state = Lock(State())

    /// Notes an acknowledgement. They are cumulative: whoever has applied one invalidation has applied those before it.
    func acknowledge(_ time: Int64, by instance: String) {
        let woken: [Waiter] = state.withLock { state in
            guard Self.raise(&state.applied[NameKey(instance), default: Int64.min], to: time) else { return [] }
            var isSomebodyDone = false
            for index in state.waiters.indices where state.waiters[index].time <= time {
                guard let place = state.waiters[index].missing.firstIndex(of: instance) else { continue }
                state.waiters[index].missing.remove(at: place)
                if state.waiters[index].missing.isEmpty { isSomebodyDone = true }
            }
            return isSomebodyDone ? Self.takeWaiters(where: { $0.missing.isEmpty }, from: &state) : []
        }
        for waiter in woken { waiter.continuation.resume(returning: []) }
    }

    /// Waits until all of `instances` have applied everything up to `time`, or for one to two ticks.
    /// - Returns: those that have not.
    func wait(for instances: [String], toApply time: Int64) async -> [String] {
        let ticket = state.withLock { state in
            state.tickets += 1
            return state.tickets
        }
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let missing: [String]? = state.withLock { state in
                    let missing = instances.filter { state.applied[NameKey($0)] ?? Int64.min < time }
                    // A cancellation that came before there was anybody to resume.
                    if missing.isEmpty || state.isStopped || Task.isCancelled { return missing }
                    state.waiters.append(
                        Waiter(time: time, ticket: ticket, missing: missing, continuation: continuation))
                    return nil
                }
                if let missing { continuation.resume(returning: missing) }
            }
        } onCancel: {
            let woken = state.withLock { Self.takeWaiters(where: { $0.ticket == ticket }, from: &$0) }
            for waiter in woken { waiter.continuation.resume(returning: waiter.missing) }
        }
    }

    /// Lets those that have waited for a whole tick look for themselves who is still alive.
    func tick() {
        let woken: [Waiter] = state.withLock { state in
            let woken = Self.takeWaiters(where: \.hasSeenTick, from: &state)
            for index in state.waiters.indices { state.waiters[index].hasSeenTick = true }
            return woken
        }
        for waiter in woken { waiter.continuation.resume(returning: waiter.missing) }
    }

    /// Lets everybody go, now and from now on.
    func stop() {
        let woken: [Waiter] = state.withLock { state in
            state.isStopped = true
            return Self.takeWaiters(where: { _ in true }, from: &state)
        }
        for waiter in woken { waiter.continuation.resume(returning: waiter.missing) }
    }

    /// - Returns: whether it was lower.
    private static func raise(_ applied: inout Int64, to time: Int64) -> Bool {
        defer { applied = max(applied, time) }
        return applied < time
    }

    private static func takeWaiters(where isTaken: (Waiter) -> Bool, from state: inout State) -> [Waiter] {
        guard state.waiters.contains(where: isTaken) else { return [] }
        let taken = state.waiters.filter(isTaken)
        state.waiters.removeAll(where: isTaken)
        return taken
    }
}

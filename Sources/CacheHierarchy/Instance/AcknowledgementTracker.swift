import Locking

/// Knows up to which logical time every other instance has applied the invalidations, and wakes the writers that wait for
/// it.
final class AcknowledgementTracker: Sendable {
    private struct Waiter {
        let time: Int64
        var missing: Set<String>
        // Unsafe, to save an allocation a wait: it is resumed by who takes its waiter off the list, under the lock.
        let continuation: UnsafeContinuation<Set<String>, Never>
        var hasSeenTick = false
    }

    private struct State {
        var applied: [String: Int64] = [:]
        var waiters: [Waiter] = []
        var isStopped = false
    }

    private let state = Lock(State())

    /// Notes an acknowledgement. They are cumulative: whoever has applied one invalidation has applied those before it.
    func acknowledge(_ time: Int64, by instance: String) {
        let woken: [Waiter] = state.withLock { state in
            guard time > state.applied[instance] ?? Int64.min else { return [] }
            state.applied[instance] = time
            for index in state.waiters.indices where state.waiters[index].time <= time {
                state.waiters[index].missing.remove(instance)
            }
            return Self.takeWaiters(where: { $0.missing.isEmpty }, from: &state)
        }
        for waiter in woken { waiter.continuation.resume(returning: []) }
    }

    /// Waits until all of `instances` have applied everything up to `time`, or for one to two ticks.
    /// - Returns: those that have not.
    func wait(for instances: Set<String>, toApply time: Int64) async -> Set<String> {
        await withUnsafeContinuation { continuation in
            let missing: Set<String>? = state.withLock { state in
                let missing = instances.filter { state.applied[$0] ?? Int64.min < time }
                if missing.isEmpty || state.isStopped { return missing }
                state.waiters.append(Waiter(time: time, missing: missing, continuation: continuation))
                return nil
            }
            if let missing { continuation.resume(returning: missing) }
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

    private static func takeWaiters(where isTaken: (Waiter) -> Bool, from state: inout State) -> [Waiter] {
        guard state.waiters.contains(where: isTaken) else { return [] }
        let taken = state.waiters.filter(isTaken)
        state.waiters.removeAll(where: isTaken)
        return taken
    }
}

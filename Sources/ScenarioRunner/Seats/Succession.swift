import Locking

/// Who fills a place: somebody, after their death nobody for a while, and then somebody else.
final class Succession<Occupant: Sendable>: Sendable {
    private struct State {
        var occupant: Occupant
        var isVacant = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var restarting: Task<Void, Never>?
    }

    private let state: Lock<State>

    init(_ first: Occupant) { state = Lock(State(occupant: first)) }

    /// Who fills the place, or did so last.
    var last: Occupant { state.withLock { $0.occupant } }

    /// Who fills the place, or did so last; and whether nobody does.
    var present: (occupant: Occupant, isVacant: Bool) { state.withLock { ($0.occupant, $0.isVacant) } }

    /// Nobody fills the place any more.
    /// - Returns: who did.
    func vacate() -> Occupant {
        state.withLock { state in
            state.isVacant = true
            return state.occupant
        }
    }

    nonisolated(nonsending) func waitUntilFilled() async {
        await withCheckedContinuation { continuation in
            let isFilled = state.withLock { state in
                if state.isVacant { state.waiting.append(continuation) }
                return !state.isVacant
            }
            if isFilled { continuation.resume() }
        }
    }

    /// Fills the place when somebody has been found.
    /// - Parameter find: returns `nil` if nobody is to be had; those who wait go on all the same.
    func refill(_ find: @escaping @Sendable () async -> Occupant?) {
        let task = Task { fill(with: await find()) }
        state.withLock { $0.restarting = task }
    }

    private func fill(with occupant: Occupant?) {
        let waiting: [CheckedContinuation<Void, Never>] = state.withLock { state in
            if let occupant { state.occupant = occupant }
            state.isVacant = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Looks for nobody any more, and lets go who waits.
    func close() async {
        guard present.isVacant else { return }
        let restarting = state.withLock { $0.restarting }
        restarting?.cancel()
        await restarting?.value
        fill(with: nil)
    }
}

import Support

/// One load of one key, shared by all who ask for it while it is under way (so that a missing key costs the origin one
/// load, not one a reader).
///
/// It may be joined only until the key is invalidated: whoever asks after that has a right to something newer, and starts
/// a flight of its own.
final class Flight: Sendable {
    // Unsafe continuations, to save an allocation a wait: each is resumed by who ends the list that it is on, or at once.
    private enum State {
        case underWay([UnsafeContinuation<CacheInstance.Served?, Never>])
        case landed(CacheInstance.Served?)
    }

    private let state = Lock<State>(.underWay([]))

    var hasLanded: Bool {
        state.withLock { state in
            if case .landed = state { true } else { false }
        }
    }

    /// What the flight brings; `nil` if it failed, in which case the caller looks for itself.
    nonisolated(nonsending) func result() async -> CacheInstance.Served? {
        await withUnsafeContinuation { continuation in
            let landed: CacheInstance.Served?? = state.withLock { state in
                switch state {
                case .underWay(let waiting):
                    state = .underWay(waiting + [continuation])
                    return .none
                case .landed(let served): return .some(served)
                }
            }
            if let landed { continuation.resume(returning: landed) }
        }
    }

    /// Ends the flight. Only its leader calls this, once.
    func land(_ served: CacheInstance.Served?) {
        let waiting: [UnsafeContinuation<CacheInstance.Served?, Never>] = state.withLock { state in
            guard case .underWay(let waiting) = state else { return [] }
            state = .landed(served)
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: served) }
    }
}

import CacheHierarchy
import Support

/// A shared tier whose connections can be cut, and whose announcements can be held up.
final class InterposedTier: InterceptingTier {
    private struct State {
        var cut: Set<String> = []
        var handlers: [String: @Sendable ([SharedTierEvent]) -> Void] = [:]
        var gate: Gate?
        var answerGate: Gate?
        var isFailing = false
        var isAway = false
        var acknowledgements: [String: Int] = [:]
        /// By instance, what a stream keeps for it while it is cut off.
        var kept: [String: [SharedTierEvent]] = [:]
    }

    /// What an announcement that cannot be made throws.
    struct Unreachable: Error {}

    private let inner: any SharedTier
    private let state = Lock(State())

    init(_ inner: any SharedTier) { self.inner = inner }

    /// From now on nothing announced reaches the instance.
    func cut(_ instance: String) {
        let handler = state.withLock { state in
            state.cut.insert(instance)
            return state.handlers[instance]
        }
        handler?([.disconnected])
    }

    /// The connection is back; what was announced meanwhile is lost.
    func restore(_ instance: String) {
        let handler = state.withLock { state in
            state.cut.remove(instance)
            return state.handlers[instance]
        }
        handler?([.reconnected])
    }

    /// The connection to a stream is back, and everything that was announced meanwhile follows when the returned
    /// function is called.
    func resume(_ instance: String) -> @Sendable () -> Void {
        let (handler, kept) = state.withLock { state in
            state.cut.remove(instance)
            return (state.handlers[instance], state.kept.removeValue(forKey: instance) ?? [])
        }
        handler?([.resumed])
        return { handler?(kept) }
    }

    /// The next announcements wait at the gate before they happen.
    func holdUpAnnouncements(at gate: Gate?) { state.withLock { $0.gate = gate } }

    /// The next announcements happen, but whoever announced hears of it only when the gate is open.
    func holdUpAnswers(at gate: Gate?) { state.withLock { $0.answerGate = gate } }
    /// Nothing announced reaches the instance, and it does not notice.
    func dropEvents(of instance: String, _ isDropped: Bool) {
        state.withLock { state in
            if isDropped { state.cut.insert(instance) } else { state.cut.remove(instance) }
        }
    }

    /// The next announcements fail before they happen.
    func failAnnouncements(_ isFailing: Bool) { state.withLock { $0.isFailing = isFailing } }

    /// Entries can neither be read nor filled.
    func failEntries(_ isAway: Bool) { state.withLock { $0.isAway = isAway } }

    func around<Answer: Sendable>(
        _ operation: SharedTierOperation,
        _ body: nonisolated(nonsending) @escaping @Sendable (any SharedTier) async throws -> Answer
    ) async throws -> Answer {
        switch operation {
        case .read, .fill: if state.withLock({ $0.isAway }) { throw Unreachable() }
        default: break
        }
        return try await body(inner)
    }

    /// How often an instance has said how far it is.
    func acknowledgements(by instance: String) -> Int { state.withLock { $0.acknowledgements[instance] ?? 0 } }

    /// Whether a write of the key is being committed.
    func isHeld(_ key: String) async throws -> Bool {
        if case .held = try await inner.read(key) { true } else { false }
    }

    func join(_ instance: String, lease: Int64, onEvents: @escaping @Sendable ([SharedTierEvent]) -> Void) async throws
    {
        state.withLock { $0.handlers[instance] = onEvents }
        try await inner.join(instance, lease: lease) { [self] events in
            let isCut = state.withLock { state in
                let isCut = state.cut.contains(instance)
                if isCut { state.kept[instance, default: []] += events }
                return isCut
            }
            if !isCut { onEvents(events) }
        }
    }

    func announce(_ invalidation: Invalidation) async throws -> Announcement {
        await state.withLock { $0.gate }?.pass()
        if state.withLock({ $0.isFailing }) { throw Unreachable() }
        let announcement = try await inner.announce(invalidation)
        await state.withLock { $0.answerGate }?.pass()
        return announcement
    }

    func leave(_ instance: String) async { await inner.leave(instance) }

    func acknowledge(_ time: Int64, by instance: String, to sender: String) async throws {
        try await inner.acknowledge(time, by: instance, to: sender)
        state.withLock { $0.acknowledgements[instance, default: 0] += 1 }
    }
}

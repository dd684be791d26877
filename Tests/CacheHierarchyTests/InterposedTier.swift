import CacheHierarchy
import Support

/// A shared tier whose connections can be cut, and whose announcements can be held up.
final class InterposedTier: SharedTier {
    private struct State {
        var cut: Set<String> = []
        var handlers: [String: @Sendable ([SharedTierEvent]) -> Void] = [:]
        var gate: Gate?
        var answerGate: Gate?
        var isFailing = false
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

    func renew(_ instance: String, lease: Int64, applied: Int64) async throws -> Renewal {
        try await inner.renew(instance, lease: lease, applied: applied)
    }
    func leave(_ instance: String) async { await inner.leave(instance) }
    func read(_ key: String) async throws -> SharedLookup { try await inner.read(key) }
    func fill(_ entry: CacheEntry, token: FillToken, lifetime: Int64, ignoringFloors: Bool) async throws -> Bool {
        try await inner.fill(entry, token: token, lifetime: lifetime, ignoringFloors: ignoringFloors)
    }
    func acknowledge(_ time: Int64, by instance: String, to sender: String) async throws {
        try await inner.acknowledge(time, by: instance, to: sender)
        state.withLock { $0.acknowledgements[instance, default: 0] += 1 }
    }
    func logicalTime() async throws -> Int64 { try await inner.logicalTime() }
    func liveInstances() async throws -> Membership { try await inner.liveInstances() }
    func inspect(_ keys: [String]) async throws -> [String: CacheEntry] { try await inner.inspect(keys) }
}

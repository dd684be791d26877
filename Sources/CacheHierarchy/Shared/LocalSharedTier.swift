import Locking

/// A shared tier within one process: the instances of an application that needs no Redis, or of a test.
///
/// It answers as ``RedisSharedTier`` does, which tests hold it to; what is announced is delivered before the
/// announcement returns. It differs in that its time begins at 1 and is never lost, and in that it counts nanoseconds
/// where Redis counts milliseconds.
public final class LocalSharedTier: SharedTier {
    private struct State {
        var time: Int64 = 1
        /// Logical time when this data set began: tokens from before it are refused.
        var birth: Int64 = 0
        var receivers: [String: @Sendable ([SharedTierEvent]) -> Void] = [:]
        var leaseEnds: [String: Int64] = [:]
        var entries: [String: CacheEntry] = [:]
        var keyFloors = FloorTable(capacity: 65_536)
        var tagFloors = FloorTable(capacity: 65_536)
        var holds: [String: [String: Int64]] = [:]
    }

    private let state = Lock(State())
    /// Announcements are delivered in the order of their times.
    private let delivery = Lock(())
    private let clock: any CacheClock
    private let holdLifetime: Int64
    private let floorLifetime: Int64

    /// - Parameters:
    ///   - holdLifetime: nanoseconds until a hold that is never released runs out.
    ///   - floorLifetime: nanoseconds; a load that takes more than half of it is not kept.
    public init(
        clock: any CacheClock = HostClock(), holdLifetime: Int64 = 5_000_000_000, floorLifetime: Int64 = 60_000_000_000
    ) {
        self.clock = clock
        self.holdLifetime = holdLifetime
        self.floorLifetime = floorLifetime
    }

    public func join(
        _ instance: String, lease: Int64, onEvents: @escaping @Sendable ([SharedTierEvent]) -> Void
    ) async throws {
        state.withLock { $0.receivers[instance] = onEvents }
    }

    public func renew(_ instance: String, lease: Int64, applied: Int64) async throws -> Renewal {
        let now = clock.now()
        return state.withLock { state in
            let wasAlive = state.leaseEnds[instance].map { $0 > now } ?? false
            state.leaseEnds[instance] = now + lease
            return Renewal(wasAlive: wasAlive, time: state.time)
        }
    }

    /// Forgets everything but who listens, as a server does that comes back without its data. Logical time goes on later than
    /// any it has had.
    public func loseData() {
        state.withLock { state in
            let birth = state.time + 1_000_000
            state = State(time: birth, birth: birth, receivers: state.receivers)
        }
    }

    public func leave(_ instance: String) async {
        state.withLock { state in
            state.receivers[instance] = nil
            state.leaseEnds[instance] = nil
        }
    }

    public func read(_ key: String) async throws -> SharedLookup {
        let now = clock.now()
        return state.withLock { state in
            if Self.isHeld(key, now: now, in: state) { return .held }
            if let entry = Self.entry(key, now: now, in: state) { return .hit(entry, remaining: entry.deadline - now) }
            return .miss(FillToken(asOf: state.time, issuedAt: now / 1_000_000))
        }
    }

    public func fill(
        _ entry: CacheEntry, token: FillToken, lifetime: Int64, ignoringFloors: Bool
    ) async throws -> Bool {
        let now = clock.now()
        return state.withLock { state in
            if !ignoringFloors {
                let present = state.entries[entry.key].flatMap { $0.deadline >= now ? $0.version : nil }
                guard entry.asOf >= state.birth, now / 1_000_000 - token.issuedAt <= floorLifetime / 2_000_000,
                    !Self.isHeld(entry.key, now: now, in: state),
                    state.keyFloors.admits(entry.key, asOf: entry.asOf), Self.admitsTags(of: entry, in: state),
                    present ?? 0 <= entry.version
                else { return false }
            }
            state.entries[entry.key] = entry.with(deadline: now + lifetime)
            return true
        }
    }

    public func announce(_ invalidation: Invalidation) async throws -> Announcement {
        let now = clock.now()
        return delivery.withLock { _ in
            let (announcement, receivers) = state.withLock { state in
                state.time += 1
                for key in invalidation.keys {
                    state.entries[key] = nil
                    state.keyFloors.raise(key, to: state.time)
                    switch invalidation.action {
                    case .drop: break
                    case .hold(let id): state.holds[key, default: [:]][id] = now + holdLifetime
                    case .release(let id): state.holds[key]?[id] = nil
                    }
                    if state.holds[key]?.isEmpty == true { state.holds[key] = nil }
                }
                for tag in invalidation.tags { state.tagFloors.raise(tag, to: state.time) }
                let live = Self.liveInstances(now: now, in: state)
                let receivers = state.receivers.sorted { $0.key < $1.key }.map(\.value)
                return (Announcement(time: state.time, liveInstances: live), receivers)
            }
            let event = SharedTierEvent.invalidation(
                StampedInvalidation(time: announcement.time, invalidation: invalidation))
            for receiver in receivers { receiver([event]) }
            return announcement
        }
    }

    public func acknowledge(_ time: Int64, by instance: String, to sender: String) async throws {
        let receiver = state.withLock { $0.receivers[sender] }
        receiver?([.acknowledgement(instance: instance, time: time)])
    }

    public func logicalTime() async throws -> Int64 { state.withLock { $0.time } }

    public func liveInstances() async throws -> Set<String> {
        let now = clock.now()
        return state.withLock { Self.liveInstances(now: now, in: $0) }
    }

    public func inspect(_ keys: [String]) async throws -> [String: CacheEntry] {
        let now = clock.now()
        return state.withLock { state in
            var found: [String: CacheEntry] = [:]
            for key in keys where !Self.isHeld(key, now: now, in: state) {
                found[key] = Self.entry(key, now: now, in: state)
            }
            return found
        }
    }

    private static func liveInstances(now: Int64, in state: borrowing State) -> Set<String> {
        Set(state.leaseEnds.filter { $0.value > now }.keys)
    }

    private static func isHeld(_ key: String, now: Int64, in state: borrowing State) -> Bool {
        state.holds[key]?.values.contains { $0 > now } ?? false
    }

    /// An announcement takes the entries of its keys with it, so what is still there lies below no floor of its key;
    /// unless it was filled by somebody who ignores floors, and is then served by Redis too.
    private static func entry(_ key: String, now: Int64, in state: borrowing State) -> CacheEntry? {
        guard let entry = state.entries[key], entry.deadline > now, admitsTags(of: entry, in: state) else { return nil }
        return entry.confirmed(at: state.time)
    }

    private static func admitsTags(of entry: CacheEntry, in state: borrowing State) -> Bool {
        entry.tags.allSatisfy { state.tagFloors.admits($0, asOf: entry.asOf) }
    }
}

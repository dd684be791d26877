import Locking

/// A shared tier within one process: the instances of an application that needs no Redis, or of a test.
///
/// It keeps to the same rules as ``RedisSharedTier``; what is announced is delivered before the announcement returns.
public final class LocalSharedTier: SharedTier {
    private struct Member {
        var leaseEnd: Int64
        let onEvents: @Sendable ([SharedTierEvent]) -> Void
    }

    private struct State {
        var time: Int64 = 1
        /// Logical time when this data set began: tokens from before it are refused.
        var birth: Int64 = 0
        var members: [String: Member] = [:]
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

    /// - Parameter holdLifetime: nanoseconds until a hold that is never released runs out.
    public init(clock: any CacheClock = HostClock(), holdLifetime: Int64 = 5_000_000_000) {
        self.clock = clock
        self.holdLifetime = holdLifetime
    }

    public func join(
        _ instance: String, lease: Int64, onEvents: @escaping @Sendable ([SharedTierEvent]) -> Void
    ) async throws {
        let end = clock.now() + lease
        state.withLock { $0.members[instance] = Member(leaseEnd: end, onEvents: onEvents) }
    }

    public func renew(_ instance: String, lease: Int64, applied: Int64) async throws -> Renewal {
        let now = clock.now()
        return state.withLock { state in
            let wasAlive = state.members[instance].map { $0.leaseEnd > now } ?? false
            state.members[instance]?.leaseEnd = now + lease
            return Renewal(wasAlive: wasAlive, time: state.time)
        }
    }

    /// Forgets everything but who listens, as a server does that comes back without its data. Logical time goes on later than
    /// any it has had.
    public func loseData() {
        state.withLock { state in
            let birth = state.time + 1_000_000
            var members = state.members
            for name in members.keys { members[name]?.leaseEnd = Int64.min }
            state = State(time: birth, birth: birth, members: members)
        }
    }

    public func leave(_ instance: String) async { state.withLock { $0.members[instance] = nil } }

    public func read(_ key: String) async throws -> SharedLookup {
        let now = clock.now()
        return state.withLock { state in
            if state.holds[key]?.values.contains(where: { $0 > now }) == true { return .held }
            if let entry = Self.entry(key, now: now, in: state) {
                return .hit(entry.confirmed(at: state.time), remaining: entry.deadline - now)
            }
            return .miss(FillToken(asOf: state.time, issuedAt: now / 1_000_000))
        }
    }

    public func fill(
        _ entry: CacheEntry, token: FillToken, lifetime: Int64, ignoringFloors: Bool
    ) async throws -> Bool {
        let now = clock.now()
        return state.withLock { state in
            if !ignoringFloors {
                guard entry.asOf >= state.birth, state.holds[entry.key]?.values.contains(where: { $0 > now }) != true,
                    Self.admits(entry, in: state), state.entries[entry.key]?.version ?? 0 <= entry.version
                else { return false }
            }
            state.entries[entry.key] = entry.limited(to: now + lifetime)
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
                let live = state.members.filter { $0.value.leaseEnd > now }.keys
                return (
                    Announcement(time: state.time, liveInstances: Set(live)),
                    state.members.sorted { $0.key < $1.key }.map(\.value.onEvents)
                )
            }
            let event = SharedTierEvent.invalidation(
                StampedInvalidation(time: announcement.time, invalidation: invalidation))
            for receiver in receivers { receiver([event]) }
            return announcement
        }
    }

    public func acknowledge(_ time: Int64, by instance: String, to sender: String) async throws {
        let receiver = state.withLock { $0.members[sender]?.onEvents }
        receiver?([.acknowledgement(instance: instance, time: time)])
    }

    public func logicalTime() async throws -> Int64 { state.withLock { $0.time } }

    public func liveInstances() async throws -> Set<String> {
        let now = clock.now()
        return state.withLock { Set($0.members.filter { $0.value.leaseEnd > now }.keys) }
    }

    public func inspect(_ keys: [String]) async throws -> [String: CacheEntry] {
        let now = clock.now()
        return state.withLock { state in
            var found: [String: CacheEntry] = [:]
            for key in keys { found[key] = Self.entry(key, now: now, in: state) }
            return found
        }
    }

    private static func entry(_ key: String, now: Int64, in state: borrowing State) -> CacheEntry? {
        guard let entry = state.entries[key], entry.deadline > now, admits(entry, in: state) else { return nil }
        return entry
    }

    private static func admits(_ entry: CacheEntry, in state: borrowing State) -> Bool {
        state.keyFloors.admits(entry.key, asOf: entry.asOf)
            && entry.tags.allSatisfy { state.tagFloors.admits($0, asOf: entry.asOf) }
    }
}

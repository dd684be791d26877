import History
import Locking

/// A shared tier within one process: the instances of an application that needs no Redis, or of a test.
///
/// It keeps to the same rules as ``RedisSharedTier``; what is announced is delivered before the announcement returns.
public final class LocalSharedTier: SharedTier {
    private struct Member {
        let instance: String
        var leaseEnd: Int64
        let onEvents: @Sendable ([SharedTierEvent]) -> Void
    }

    private struct State {
        var time: Int64 = 1
        /// In the order of their names, so that everything is delivered in the same order everywhere. There are few.
        var members: [Member] = []
        var entries: [NameKey: CacheEntry] = [:]
        var keyFloors = FloorTable(capacity: 65_536)
        var tagFloors = FloorTable(capacity: 65_536)
        var holds: [NameKey: [String: Int64]] = [:]

        /// Whether a write of the key is being committed.
        func isHeld(_ key: String, now: Int64) -> Bool {
            !holds.isEmpty && holds[NameKey(key)]?.values.contains { $0 > now } == true
        }
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
        state.withLock { state in
            state.members.removeAll { $0.instance == instance }
            let place = state.members.firstIndex { $0.instance > instance } ?? state.members.count
            state.members.insert(Member(instance: instance, leaseEnd: end, onEvents: onEvents), at: place)
        }
    }

    public func renew(_ instance: String, lease: Int64, applied: Int64) async throws -> Renewal {
        let now = clock.now()
        return state.withLock { state in
            guard let member = state.members.firstIndex(where: { $0.instance == instance }) else {
                return Renewal(wasAlive: false, time: state.time)
            }
            let wasAlive = state.members[member].leaseEnd > now
            state.members[member].leaseEnd = now + lease
            return Renewal(wasAlive: wasAlive, time: state.time)
        }
    }

    public func leave(_ instance: String) async { state.withLock { $0.members.removeAll { $0.instance == instance } } }

    public func read(_ key: String) async throws -> SharedLookup {
        let now = clock.now()
        return state.withLock { state in
            if state.isHeld(key, now: now) { return .held }
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
                guard !state.isHeld(entry.key, now: now), Self.admits(entry, in: state),
                    state.entries[NameKey(entry.key)]?.version ?? 0 <= entry.version
                else { return false }
            }
            state.entries[NameKey(entry.key)] = entry.limited(to: now + lifetime)
            return true
        }
    }

    public func announce(_ invalidation: Invalidation) async throws -> Announcement {
        let now = clock.now()
        return delivery.withLock { _ in
            let (announcement, receivers) = state.withLock { state in
                state.time += 1
                for key in invalidation.keys {
                    state.keyFloors.raise(key, to: state.time)
                    let key = NameKey(key)
                    state.entries[key] = nil
                    switch invalidation.action {
                    case .drop: break
                    case .hold(let id): state.holds[key, default: [:]][id] = now + holdLifetime
                    case .release(let id): state.holds[key]?[id] = nil
                    }
                    if state.holds[key]?.isEmpty == true { state.holds[key] = nil }
                }
                for tag in invalidation.tags { state.tagFloors.raise(tag, to: state.time) }
                return (
                    Announcement(time: state.time, liveInstances: Self.live(at: now, in: state)), state.members
                )
            }
            let event = SharedTierEvent.invalidation(
                StampedInvalidation(time: announcement.time, invalidation: invalidation))
            for receiver in receivers { receiver.onEvents([event]) }
            return announcement
        }
    }

    public func acknowledge(_ time: Int64, by instance: String, to sender: String) async throws {
        let receiver = state.withLock { $0.members.first { $0.instance == sender }?.onEvents }
        receiver?([.acknowledgement(instance: instance, time: time)])
    }

    public func logicalTime() async throws -> Int64 { state.withLock { $0.time } }

    public func liveInstances() async throws -> Set<String> {
        let now = clock.now()
        return state.withLock { Self.live(at: now, in: $0) }
    }

    public func inspect(_ keys: [String]) async throws -> [String: CacheEntry] {
        let now = clock.now()
        return state.withLock { state in
            var found: [String: CacheEntry] = [:]
            for key in keys { found[key] = Self.entry(key, now: now, in: state) }
            return found
        }
    }

    private static func live(at now: Int64, in state: borrowing State) -> Set<String> {
        var live = Set<String>(minimumCapacity: state.members.count)
        for member in state.members where member.leaseEnd > now { live.insert(member.instance) }
        return live
    }

    private static func entry(_ key: String, now: Int64, in state: borrowing State) -> CacheEntry? {
        guard let entry = state.entries[NameKey(key)], entry.deadline > now, admits(entry, in: state) else {
            return nil
        }
        return entry
    }

    private static func admits(_ entry: CacheEntry, in state: borrowing State) -> Bool {
        state.keyFloors.admits(entry.key, asOf: entry.asOf)
            && entry.tags.allSatisfy { state.tagFloors.admits($0, asOf: entry.asOf) }
    }
}

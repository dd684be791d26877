import History
import Support

/// A shared tier within one process: the instances of an application that needs no Redis, or of a test.
///
/// It answers as ``RedisSharedTier`` does, which tests hold it to; what is announced is delivered before the
/// announcement returns. It differs in that its time begins at 1 and loses its state only when it is told to, and in
/// that it counts nanoseconds where Redis counts milliseconds.
public final class LocalSharedTier: SharedTier {
    fileprivate struct Member {
        let instance: String
        /// `nil` until the first sign of life, and when the data was lost.
        var leaseEnd: Int64?
        var onEvents: (@Sendable ([SharedTierEvent]) -> Void)?
    }

    fileprivate struct State {
        var time: Int64 = 1
        /// Logical time when this state began: tokens from before it are refused.
        var birth: Int64 = 0
        /// When an earlier state was lost.
        var lostAt: Int64?
        /// In the order of their names, so that everything is delivered in the same order everywhere. There are few.
        var members: [Member] = []
        /// Who was alive at the last look, and from when on that may be otherwise.
        var live: (instances: Set<String>, until: Int64)?
        var entries: [NameKey: CacheEntry] = [:]
        var keyFloors = FloorTable(capacity: 65_536)
        var tagFloors = FloorTable(capacity: 65_536)
        var holds = HoldTable()

        /// The place of an instance among the members, to which it is added.
        mutating func member(_ instance: String) -> Int {
            if let place = members.firstIndex(where: { $0.instance == instance }) { return place }
            let place = members.firstIndex { $0.instance > instance } ?? members.count
            members.insert(Member(instance: instance), at: place)
            return place
        }

        /// Whether a write of the key is being committed.
        func isHeld(_ key: NameKey, now: Int64) -> Bool {
            holds.isHeld(key, now: now)
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
        state.withLock { state in
            let member = state.member(instance)
            state.members[member].onEvents = onEvents
        }
    }

    public func renew(_ instance: String, lease: Int64, applied: Int64) async throws -> Renewal {
        let now = clock.now()
        return state.withLock { state in
            // Announcements have been forgotten that the instance has heard.
            if applied > state.time { Self.begin(&state, beyond: applied, at: now) }
            let member = state.member(instance)
            let wasAlive = state.members[member].leaseEnd.map { $0 > now } ?? false
            state.members[member].leaseEnd = now + lease
            state.live = nil
            return Renewal(wasAlive: wasAlive, time: state.time, epoch: state.birth)
        }
    }

    // MARK: Losses

    /// Forgets everything but who listens, as a server does that comes back without its data. Logical time goes on later than
    /// any it has had.
    public func loseData() {
        let now = clock.now()
        state.withLock { Self.begin(&$0, beyond: $0.time, at: now) }
    }

    private static func begin(_ state: inout State, beyond time: Int64, at now: Int64) {
        let birth = max(time, state.time) + 1_000_000
        let members = state.members.map { Member(instance: $0.instance, leaseEnd: nil, onEvents: $0.onEvents) }
        state = State(time: birth, birth: birth, lostAt: now, members: members)
    }

    /// Gives up what a server without memory gives up that chooses among all its keys: an entry, or one of the three keys of
    /// the state, and then all of that is begun anew.
    /// - Returns: whether it was the state.
    @discardableResult
    public func evict(using random: inout some RandomNumberGenerator) -> Bool {
        let now = clock.now()
        return state.withLock { state in
            let keys = state.entries.keys.sorted { $0.text < $1.text }
            let choice = Int.random(in: 0..<keys.count + Self.keysOfState, using: &random)
            if choice < keys.count {
                state.entries[keys[choice]] = nil
            } else {
                Self.begin(&state, beyond: state.time, at: now)
            }
            return choice >= keys.count
        }
    }

    /// As many as ``RedisSharedTier`` has.
    private static let keysOfState = 3

    /// What the tier knows, for ``restore(_:)``.
    public struct Copy: Sendable {
        fileprivate let state: State
    }

    /// What a replica has.
    public func copy() -> Copy { state.withLock { Copy(state: $0) } }

    /// Goes on with what a replica had, and believes it: a deliberate bug.
    public func restore(_ copy: Copy) {
        state.withLock { state in
            let listeners = state.members
            state = copy.state
            for listener in listeners {
                let member = state.member(listener.instance)
                state.members[member].onEvents = listener.onEvents
            }
        }
    }

    public func leave(_ instance: String) async {
        state.withLock { state in
            state.members.removeAll { $0.instance == instance }
            state.live = nil
        }
    }

    public func read(_ key: String) async throws -> SharedLookup {
        let now = clock.now()
        return state.withLock { Self.look(NameKey(key), now: now, in: $0) }
    }

    public func read(_ keys: [String]) async throws -> [SharedLookup] {
        let now = clock.now()
        return state.withLock { state in keys.map { Self.look(NameKey($0), now: now, in: state) } }
    }

    private static func look(_ key: NameKey, now: Int64, in state: borrowing State) -> SharedLookup {
        if state.isHeld(key, now: now) { return .held }
        if let entry = entry(key, now: now, in: state) {
            return .hit(entry, remaining: entry.deadline - now, epoch: state.birth)
        }
        return .miss(FillToken(asOf: state.time, epoch: state.birth))
    }

    public func fill(
        _ entry: CacheEntry, token: FillToken, lifetime: Int64, ignoringFloors: Bool
    ) async throws -> Bool {
        let now = clock.now()
        return state.withLock {
            Self.keep(entry, until: now + lifetime, ignoringFloors: ignoringFloors, now: now, in: &$0)
        }
    }

    public func fill(_ fills: [SharedFill], lifetime: Int64, ignoringFloors: Bool) async throws -> [Bool] {
        let now = clock.now()
        return state.withLock { state in
            fills.map {
                Self.keep($0.entry, until: now + lifetime, ignoringFloors: ignoringFloors, now: now, in: &state)
            }
        }
    }

    private static func keep(
        _ entry: CacheEntry, until deadline: Int64, ignoringFloors: Bool, now: Int64, in state: inout State
    ) -> Bool {
        if !ignoringFloors {
            let present = state.entries[entry.name].flatMap { $0.deadline >= now ? $0.version : nil }
            guard entry.asOf >= state.birth, !state.isHeld(entry.name, now: now),
                state.keyFloors.admits(entry.name, asOf: entry.asOf), admitsTags(of: entry, in: state),
                present ?? 0 <= entry.version
            else { return false }
        }
        state.entries[entry.name] = entry.with(deadline: deadline)
        return true
    }

    public func announce(_ invalidation: Invalidation) async throws -> Announcement {
        let now = clock.now()
        return delivery.withLock { _ in
            let (announcement, receivers) = state.withLock { state in
                state.time += 1
                for key in invalidation.keys {
                    let key = NameKey(key)
                    state.keyFloors.raise(key, to: state.time)
                    state.entries[key] = nil
                    switch invalidation.action {
                    case .drop: break
                    case .hold(let id): state.holds.add(id, on: key, until: now + holdLifetime)
                    case .release(let id): state.holds.remove(id, from: key)
                    }
                }
                for tag in invalidation.tags { state.tagFloors.raise(NameKey(tag), to: state.time) }
                let announcement = Announcement(
                    time: state.time, liveInstances: Self.live(at: now, in: &state), epoch: state.birth,
                    timeSinceLoss: state.lostAt.map { now - $0 })
                return (announcement, state.members)
            }
            let events = [
                SharedTierEvent.invalidation(
                    StampedInvalidation(time: announcement.time, invalidation: invalidation))
            ]
            for receiver in receivers { receiver.onEvents?(events) }
            return announcement
        }
    }

    public func acknowledge(_ time: Int64, by instance: String, to sender: String) async throws {
        let receiver = state.withLock { state in state.members.first { $0.instance == sender }?.onEvents }
        receiver?([.acknowledgement(instance: instance, time: time)])
    }

    public func logicalTime() async throws -> Int64 { state.withLock { $0.time } }

    public func liveInstances() async throws -> Membership {
        let now = clock.now()
        return state.withLock { Membership(instances: Self.live(at: now, in: &$0), epoch: $0.birth) }
    }

    public func inspect(_ keys: [String]) async throws -> [String: CacheEntry] {
        let now = clock.now()
        return state.withLock { state in
            var found: [String: CacheEntry] = [:]
            for key in keys {
                let name = NameKey(key)
                if !state.isHeld(name, now: now) { found[key] = Self.entry(name, now: now, in: state) }
            }
            return found
        }
    }

    private static func live(at now: Int64, in state: inout State) -> Set<String> {
        if let live = state.live, now < live.until { return live.instances }
        var instances = Set<String>(minimumCapacity: state.members.count)
        var until = Int64.max
        for member in state.members {
            guard let end = member.leaseEnd, end > now else { continue }
            instances.insert(member.instance)
            until = min(until, end)
        }
        state.live = (instances, until)
        return instances
    }

    /// An announcement takes the entries of its keys with it, so what is still there lies below no floor of its key;
    /// unless it was filled by somebody who ignores floors, and is then served by Redis too.
    private static func entry(_ key: NameKey, now: Int64, in state: borrowing State) -> CacheEntry? {
        guard let entry = state.entries[key], entry.deadline > now, admitsTags(of: entry, in: state) else {
            return nil
        }
        return entry.confirmed(at: state.time)
    }

    private static func admitsTags(of entry: CacheEntry, in state: borrowing State) -> Bool {
        entry.tags.allSatisfy { state.tagFloors.admits(NameKey($0), asOf: entry.asOf) }
    }
}

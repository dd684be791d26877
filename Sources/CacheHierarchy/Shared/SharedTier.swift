/// What all hosts share: the invalidation clock and bus, the list of live instances, and (if the hierarchy has a redis
/// layer) entries. Live it is ``RedisSharedTier``; ``LocalSharedTier`` serves instances within one process.
///
/// The *invalidation clock* is logical time: it advances by one with every invalidation, in the same atomic step that
/// raises the floors and sends the announcement. So every instance receives the invalidations in the order of their times,
/// without gaps unless it missed one.
///
/// What a tier remembers of all that (floors, holds, who is alive) is its *state*, and the logical time when that began
/// its *epoch*. A server may lose the state: then another begins, later than everything before, and what is current only as
/// of an earlier time is refused. Who is given another epoch than at its last sign of life knows by it that the tier has
/// forgotten something.
public protocol SharedTier: Sendable {
    /// Makes an instance known, and hands it everything announced from now on, in order, in batches.
    /// - Parameter onEvents: called one call at a time; it must not block.
    func join(_ instance: String, lease: Int64, onEvents: @escaping @Sendable ([SharedTierEvent]) -> Void) async throws
    /// Says that the instance is alive, for another `lease` nanoseconds.
    /// - Parameter applied: the logical time that the instance has come to. If the tier is behind it (its server came back
    ///   with older data), its clock is set past everything that was ever announced, so that no time is given out twice.
    func renew(_ instance: String, lease: Int64, applied: Int64) async throws -> Renewal
    /// Says that the instance is gone, and stops its events.
    func leave(_ instance: String) async
    /// Looks for an entry.
    func read(_ key: String) async throws -> SharedLookup
    /// Looks for the entries of several keys.
    /// - Returns: a look-up for each key, in their order. Each is what ``read(_:)-(String)`` might have found at some
    ///   moment during the call, with a token of its own.
    func read(_ keys: [String]) async throws -> [SharedLookup]
    /// Keeps an entry, unless a floor, a hold or a newer version forbids it, or its token is from an earlier epoch.
    /// - Parameters:
    ///   - token: what the miss before the load was given.
    ///   - lifetime: nanoseconds.
    func fill(_ entry: CacheEntry, token: FillToken, lifetime: Int64, ignoringFloors: Bool) async throws -> Bool
    /// Keeps several entries, each as ``fill(_:token:lifetime:ignoringFloors:)`` would: one that is refused does not stop
    /// the others.
    /// - Returns: for each whether it was kept, in their order.
    /// - Throws: if it is not known of all of them; some may have been kept.
    func fill(_ fills: [SharedFill], lifetime: Int64, ignoringFloors: Bool) async throws -> [Bool]
    /// Raises floors, drops what lies below, and announces it, in one atomic step.
    func announce(_ invalidation: Invalidation) async throws -> Announcement
    /// Tells the sender of an invalidation that an instance has applied everything up to `time`.
    func acknowledge(_ time: Int64, by instance: String, to sender: String) async throws
    /// Logical time now: everything announced so far has this or an earlier one.
    func logicalTime() async throws -> Int64
    /// The instances whose leases have not run out.
    func liveInstances() async throws -> Membership
    /// The entries of these keys that would be served, without counting as reads.
    func inspect(_ keys: [String]) async throws -> [String: CacheEntry]
}

extension SharedTier {
    /// One after the other.
    public func read(_ keys: [String]) async throws -> [SharedLookup] {
        var lookups: [SharedLookup] = []
        for key in keys { lookups.append(try await read(key)) }
        return lookups
    }

    /// One after the other.
    public func fill(_ fills: [SharedFill], lifetime: Int64, ignoringFloors: Bool) async throws -> [Bool] {
        var areKept: [Bool] = []
        for one in fills {
            areKept.append(
                try await fill(one.entry, token: one.token, lifetime: lifetime, ignoringFloors: ignoringFloors))
        }
        return areKept
    }
}

/// What the bus brings to an instance.
public enum SharedTierEvent: Sendable {
    case invalidation(StampedInvalidation)
    /// Another instance has applied all invalidations up to that time.
    case acknowledgement(instance: String, time: Int64)
    /// The connection to the bus was lost; what was announced since then may be missed.
    case disconnected
    /// The bus is back. Of what was announced meanwhile something may never come.
    case reconnected
    /// The bus is back, and everything that was announced meanwhile follows, in order.
    case resumed
}

/// What a look-up in the shared tier found.
public enum SharedLookup: Sendable {
    /// An entry, checked against the floors of its key and tags just now, and how long it has left (nanoseconds).
    case hit(CacheEntry, remaining: Int64, epoch: Int64)
    /// Nothing. What is loaded from now on may be filled with this token.
    case miss(FillToken)
    /// A write of this key is being committed: go to the origin and keep nothing.
    case held
}

/// An entry that is offered to a shared tier.
public struct SharedFill: Sendable {
    public var entry: CacheEntry
    /// What the miss of this key before the load was given.
    public var token: FillToken

    public init(entry: CacheEntry, token: FillToken) {
        self.entry = entry
        self.token = token
    }
}

/// The permission to fill that a miss is given.
public struct FillToken: Sendable, Hashable {
    /// Logical time before the load.
    public var asOf: Int64
    /// Logical time when the tier's state began.
    public var epoch: Int64

    public init(asOf: Int64, epoch: Int64) {
        self.asOf = asOf
        self.epoch = epoch
    }
}

/// The answer to a sign of life.
public struct Renewal: Sendable, Hashable {
    /// Whether the lease was still running; if not, the others may have gone on without this instance.
    public var wasAlive: Bool
    /// Logical time now.
    public var time: Int64
    /// Logical time when the tier's state began.
    public var epoch: Int64

    public init(wasAlive: Bool, time: Int64, epoch: Int64) {
        self.wasAlive = wasAlive
        self.time = time
        self.epoch = epoch
    }
}

/// Who is alive.
public struct Membership: Sendable, Hashable {
    /// The instances whose leases have not run out.
    public var instances: Set<String>
    /// Logical time when the tier's state began: of who was alive before, it knows nothing.
    public var epoch: Int64

    public init(instances: Set<String>, epoch: Int64) {
        self.instances = instances
        self.epoch = epoch
    }
}

/// The answer to an announcement.
public struct Announcement: Sendable, Hashable {
    /// Its logical time.
    public var time: Int64
    /// The instances that were alive at that moment.
    public var liveInstances: Set<String>
    /// Logical time when the tier's state began.
    public var epoch: Int64
    /// How long ago an earlier state was lost, in nanoseconds; `nil` if none was. For the time of a lease there may be
    /// instances that live by it, and are not among ``liveInstances``.
    public var timeSinceLoss: Int64?

    public init(time: Int64, liveInstances: Set<String>, epoch: Int64, timeSinceLoss: Int64?) {
        self.time = time
        self.liveInstances = liveInstances
        self.epoch = epoch
        self.timeSinceLoss = timeSinceLoss
    }
}

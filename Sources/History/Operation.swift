/// One thing that happened to a cache, as its client or an observer saw it.
///
/// An operation is a fixed-size value without references (about 80 bytes), so that recording one is a store to memory
/// and a million of them sort quickly. Keys and tag sets are numbers that index the tables of the ``History``.
///
/// Times are nanoseconds on one monotonic clock, shared by everything in the history. They form a closed interval: the
/// start is taken before anything that the caller could observe happened, the end after. Two operations whose intervals
/// touch in one point are concurrent.
public struct Operation: Sendable, Hashable, Identifiable {
    /// What was done.
    public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
        /// A client asked for a key. `version` is what it was given.
        case read = 1
        /// A client wrote a value; `version` is what the origin assigned.
        case write
        /// A client deleted a key; `version` is that of the tombstone.
        case delete
        /// A key was invalidated without being written.
        case invalidate
        /// Everything that carries a tag was invalidated. `tagSet` holds that one tag.
        case invalidateTag
        /// The cache asked the origin. `version` and `tagSet` are what it answered.
        case load
        /// A layer stored an entry that came from `source`.
        case fill
        /// An instance dropped what the operation `cause` invalidated (in announced mode this is the moment from which
        /// that instance must not serve it any more).
        case apply
        /// An observer looked into one layer without changing it. `isAbsent` says that there was no valid entry.
        case inspect
        /// A layer gave up an entry for want of room, or because its time had come.
        case evict
        /// An instance sent an event to the others.
        case publish
        /// An instance was given the event `cause` by the bus.
        case receive
        /// A resource was measured: connections, memory, the size of an index. `key` names the resource, `value` is the
        /// amount (bytes, or a number of things).
        case gauge
        /// A client replaced what it expected (`expected`, or nothing where `isAbsent`) by something else: `version`
        /// and `value` are what it wrote. If it found something else, it wrote nothing (`isRefused`).
        case compareAndSet
    }

    /// Whether it took effect.
    public enum Outcome: UInt8, Sendable, Hashable, CaseIterable {
        /// It did.
        case ok = 1
        /// It certainly did not.
        case failed
        /// Unknown: it timed out, or the connection was lost after it was sent.
        case unknown
    }

    /// Who has dropped the old value when a write or an invalidation returns.
    public enum Scope: UInt8, Sendable, Hashable, CaseIterable {
        /// Nobody need have: the operation promises nothing to readers of a cache.
        case none = 0
        /// The instance that did it. The others drop it when their `apply` of it ends.
        case instance
        /// Every live instance.
        case cluster
    }

    /// Unique within a history.
    public var id: Int64
    /// Nanoseconds on the history's clock.
    public var start: Int64
    /// Nanoseconds on the history's clock; ``never`` if it did not return.
    public var end: Int64
    /// The version read, written, loaded, filled or found. 0 means: never written.
    public var version: Int64
    /// For histories without versions: the value, unique among the writes of its key. 0 otherwise.
    public var value: Int64
    /// The operation that this one follows from (`apply`, `receive`); 0 if none. A `compareAndSet` follows from none,
    /// and has ``expected`` in this place.
    public var cause: Int64
    /// Index into ``History/keys``; -1 if the operation concerns no single key.
    public var key: Int32
    /// Index into ``History/tagSets``; 0 is the empty set.
    public var tagSet: Int32
    /// The copy of the application.
    public var instance: Int32
    /// The concurrent client in the instance, counted over the whole history; -1 for the instance's own work. A worker
    /// is a session.
    public var worker: Int32
    /// What was done.
    public var kind: Kind
    /// Whether it took effect.
    public var outcome: Outcome
    /// The layer that served a read, was filled, inspected or evicted; `.origin` for loads.
    public var layer: Layer
    /// Where the entry of a fill came from.
    public var source: Layer
    /// Whom a write, delete or invalidation was acknowledged for when it returned.
    public var scope: Scope
    /// The version is that of a deletion.
    public var isTombstone: Bool
    /// For an inspection or a read: there was nothing. (A read that found nothing may also return a tombstone's
    /// version, or 0.) For a `compareAndSet`: it expected nothing.
    public var isAbsent: Bool
    /// For a `compareAndSet` that failed: it found something other than it expected. Without this the reason is
    /// unknown: the operation failed. For a `read` or an `inspect` that failed: it found a value that no write gave to
    /// the key.
    public var isRefused: Bool

    /// The end of an operation that did not return.
    public static let never = Int64.max

    /// Makes an operation; each argument is the property of the same name. O(1).
    /// - Parameters:
    ///     - id: 0 lets the ``History`` assign one.
    ///     - start: nanoseconds on the history's clock.
    ///     - end: nanoseconds on the same clock, or ``never``.
    @inlinable
    public init(
        id: Int64 = 0, kind: Kind, instance: Int32 = 0, worker: Int32 = -1, key: Int32 = -1, tagSet: Int32 = 0,
        version: Int64 = 0, value: Int64 = 0, layer: Layer = .origin, source: Layer = .origin, scope: Scope = .none,
        outcome: Outcome = .ok, start: Int64, end: Int64, cause: Int64 = 0, isTombstone: Bool = false,
        isAbsent: Bool = false, isRefused: Bool = false
    ) {
        self.id = id
        self.start = start
        self.end = end
        self.version = version
        self.value = value
        self.cause = cause
        self.key = key
        self.tagSet = tagSet
        self.instance = instance
        self.worker = worker
        self.kind = kind
        self.outcome = outcome
        self.layer = layer
        self.source = source
        self.scope = scope
        self.isTombstone = isTombstone
        self.isAbsent = isAbsent
        self.isRefused = isRefused
    }

    /// For a `compareAndSet`: what had to be there for it to write. It is a version where the reads and writes of the
    /// key have versions, and a value where they have not. It is kept where others have their ``cause``, so that an
    /// operation stays as small as it is.
    public var expected: Int64 {
        get { cause }
        set { cause = newValue }
    }
}

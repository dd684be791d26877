import History

/// Something that happened inside a hierarchy. Times are nanoseconds by the instance's clock.
public enum CacheEvent: Sendable {
    /// The origin was asked for a key.
    case loaded(String, OriginRecord, start: Int64, end: Int64)
    /// A layer has kept an entry that came from another layer or from the origin.
    case filled(Layer, from: Layer, CacheEntry, start: Int64, end: Int64)
    /// A layer gave up an entry for want of room.
    case evicted(CacheEntry, from: Layer, at: Int64)
    /// A layer outside the instance gave up the entries of these keys for want of room, some time between start and
    /// end.
    case evictedKeys([String], from: Layer, start: Int64, end: Int64)
    /// The instance has dropped everything it had in memory, because it may have missed an invalidation.
    case distrusted(at: Int64)
    /// The instance has dropped what another instance invalidated, in all its layers.
    case applied(StampedInvalidation, start: Int64, end: Int64)
    /// The instance has announced something. `time` is its logical time; `nil` if nobody can tell whether it was
    /// announced. Only for observers of the bus.
    case published(time: Int64?, start: Int64, end: Int64)
    /// The bus has brought what another instance announced at this logical time; it is about to be applied. Only for
    /// observers of the bus.
    case received(time: Int64, at: Int64)
}

/// Receives what happens inside a hierarchy. Each event is handed over between what it reports and what follows from
/// it, so an observer should return at once.
public protocol CacheObserver {
    /// Whether events are made at all. Asked often; the same for as long as the observer lives. Default `true`.
    var isListening: Bool { get }
    /// Whether events of the bus are made as well. Asked often; the same for as long as the observer lives. Default
    /// `false`.
    var observesBus: Bool { get }
    /// Takes an event.
    func observe(_ event: CacheEvent)
}

extension CacheObserver {
    /// Every event is made.
    public var isListening: Bool { true }
    /// Events of the bus are not made.
    public var observesBus: Bool { false }

    /// Makes an event and hands it over, if anybody listens.
    @inline(__always)
    func tell(_ event: @autoclosure () -> CacheEvent) {
        if isListening { observe(event()) }
    }
}

/// Ignores all events. None is made for it.
public struct SilentObserver: CacheObserver, Sendable {
    /// An observer that ignores everything.
    public init() {}
    /// No event is made.
    public var isListening: Bool { false }
    /// Does nothing.
    public func observe(_ event: CacheEvent) {}
}

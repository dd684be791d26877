import History

/// Is told what happens inside a hierarchy. Every call is made between what it reports and what follows from it, so it
/// should return at once.
public protocol CacheObserver {
    /// The origin was asked.
    func loaded(_ key: String, _ record: OriginRecord, start: Int64, end: Int64)
    /// A layer has kept an entry that came from `source`.
    func filled(_ layer: Layer, from source: Layer, with entry: CacheEntry, start: Int64, end: Int64)
    /// A layer gave up an entry for want of room.
    func evicted(_ entry: CacheEntry, from layer: Layer, at time: Int64)
    /// A layer outside the instance gave up the entries of these keys for want of room, some time between start and end.
    func evicted(_ keys: [String], from layer: Layer, start: Int64, end: Int64)
    /// The instance has dropped everything it had in memory, because it may have missed an invalidation.
    func distrusted(at time: Int64)
    /// The instance has dropped what another instance invalidated, in all its layers.
    func applied(_ invalidation: StampedInvalidation, start: Int64, end: Int64)

    /// Whether it is told of the bus as well. Asked often; the same for as long as it lives.
    var observesBus: Bool { get }
    /// The instance has announced something.
    /// - Parameter time: its logical time; `nil` if nobody can tell whether it was announced.
    func published(at time: Int64?, start: Int64, end: Int64)
    /// The bus has brought what another instance announced at a logical time; it is about to be applied.
    func received(_ time: Int64, at moment: Int64)
}

extension CacheObserver {
    public var observesBus: Bool { false }
    public func published(at time: Int64?, start: Int64, end: Int64) {}
    public func received(_ time: Int64, at moment: Int64) {}
}

/// Hears everything and says nothing.
public struct SilentObserver: CacheObserver, Sendable {
    public init() {}
    public func loaded(_ key: String, _ record: OriginRecord, start: Int64, end: Int64) {}
    public func filled(_ layer: Layer, from source: Layer, with entry: CacheEntry, start: Int64, end: Int64) {}
    public func evicted(_ entry: CacheEntry, from layer: Layer, at time: Int64) {}
    public func evicted(_ keys: [String], from layer: Layer, start: Int64, end: Int64) {}
    public func distrusted(at time: Int64) {}
    public func applied(_ invalidation: StampedInvalidation, start: Int64, end: Int64) {}
}

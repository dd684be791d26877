import History
import Support

/// L1, the memory of one worker. Only the worker's own task touches it, so it has no lock.
///
/// It has no floors of its own either: before each look-up it catches up with the instance's invalidation log, and what an
/// invalidation dropped from the layers outside is never loaded again in between.
struct WorkerMemory {
    private var storage: MemoryStorage
    private var position: Int
    private let log: InvalidationLog

    init(capacity: Int, policy: EvictionPolicy, log: InvalidationLog) {
        storage = MemoryStorage(capacity: capacity, policy: policy)
        self.log = log
        position = log.position
    }

    /// Drops what was invalidated since the last call.
    @inline(__always)
    private mutating func catchUp() {
        if log.position != position { catchUpSlowly() }
    }

    private mutating func catchUpSlowly() {
        let (isComplete, end) = log.visit(from: position) { invalidated in
            if let entry = storage.peek(invalidated.key), entry.asOf < invalidated.time {
                storage.remove(invalidated.key)
            }
        }
        position = end
        if !isComplete { storage.removeAll() }
    }

    /// The entry, counted as a use, unless it was invalidated.
    @inline(__always)
    mutating func use(_ key: NameKey) -> CacheEntry? {
        catchUp()
        return storage.use(key)
    }

    mutating func remove(_ key: NameKey) { storage.remove(key) }

    /// Keeps an entry unless it has a newer version.
    /// - Returns: whether it was kept, and the entry given up for it.
    mutating func fill(_ entry: CacheEntry) -> (isKept: Bool, evicted: CacheEntry?) {
        if let present = storage.peek(entry.name), present.version > entry.version { return (false, nil) }
        return (true, storage.insert(entry))
    }

    /// The entry, not counted as a use.
    mutating func inspect(_ key: NameKey) -> CacheEntry? {
        catchUp()
        return storage.peek(key)
    }
}

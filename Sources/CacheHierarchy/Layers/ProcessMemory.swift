import History
import Support

/// L2, the memory of one process, and with it all that an instance must remember of each key whether or not it has an L2:
/// floors, writes that are being committed (holds), and loads under way (flights).
///
/// The keys are dealt to shards, each with a lock of its own, so that a look-up and everything that bears on it are one
/// critical section, and workers seldom meet.
final class ProcessMemory: Sendable {
    /// What a look-up finds.
    enum Lookup: Sendable {
        case hit(CacheEntry)
        /// Somebody is loading it.
        case join(Flight)
        /// Load it; others will join the flight.
        case lead(Flight)
        /// Go to the origin and keep nothing: a write of this key is being committed.
        case held
    }

    private struct Shard {
        var storage: MemoryStorage?
        var floors: FloorTable
        var flights: [NameKey: Flight] = [:]
        var holds = HoldTable()
        /// The holds released last: one whose own echo comes late must not be taken up again.
        var released: [String] = []
    }

    /// Unsafe only in name: the pointer never changes, what it points to is locks, and they live as long as this object.
    /// An array of objects would cost every hit two reference counts that all cores fight for.
    private nonisolated(unsafe) let shards: UnsafeMutablePointer<Lock<Shard>>
    private let shardCount: Int
    private let ignoresFloors: Bool

    /// - Parameters:
    ///   - storage: capacity and policy of L2; `nil` for an instance without one.
    ///   - shardCount: rounded up to a power of two.
    init(storage: (capacity: Int, policy: EvictionPolicy)?, shardCount: Int, defects: Set<Defect>) {
        let count = ProcessMemory.powerOfTwo(atLeast: shardCount)
        shards = .allocate(capacity: count)
        for index in 0..<count {
            let part = storage.map {
                MemoryStorage(capacity: max(1, ($0.capacity + count - 1) / count), policy: $0.policy)
            }
            (shards + index).initialize(to: Lock(Shard(storage: part, floors: FloorTable(capacity: 4096))))
        }
        self.shardCount = count
        ignoresFloors = defects.contains(.staleFill)
    }

    deinit {
        shards.deinitialize(count: shardCount)
        shards.deallocate()
    }

    private static func powerOfTwo(atLeast count: Int) -> Int {
        var power = 1
        while power < count { power *= 2 }
        return power
    }

    @inline(__always)
    private func shard(of key: NameKey) -> Int {
        shardCount == 1 ? 0 : Int(truncatingIfNeeded: Self.hash(of: key.text)) & (shardCount - 1)
    }

    /// FNV-1a. Not Swift's own hash: that differs from process to process, and with it which keys share a shard's capacity.
    @inline(__always)
    private static func hash(of key: String) -> UInt64 {
        func fold(_ bytes: some Sequence<UInt8>) -> UInt64 {
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            return hash ^ (hash >> 32)
        }
        return key.utf8.withContiguousStorageIfAvailable(fold) ?? fold(key.utf8)
    }

    /// The entry if it may be served, else what to do about it.
    /// - Parameter isGood: the rest of the judgement: deadline, tags, suspicion.
    func lookUp(_ key: NameKey, now: Int64, isGood: (CacheEntry) -> Bool) -> Lookup {
        shards[shard(of: key)].withLock { Self.lookUp(key, now: now, isGood: isGood, in: &$0) }
    }

    /// The same for several keys, which must differ, in their order: one lock for each shard that has some of them.
    func lookUp(_ keys: [NameKey], now: Int64, isGood: (CacheEntry) -> Bool) -> [Lookup] {
        var lookups = [Lookup](repeating: .held, count: keys.count)
        forEachShard(of: keys.count, key: { keys[$0] }) { shard, place in
            lookups[place] = Self.lookUp(keys[place], now: now, isGood: isGood, in: &shard)
        }
        return lookups
    }

    @inline(__always)
    private static func lookUp(
        _ key: NameKey, now: Int64, isGood: (CacheEntry) -> Bool, in shard: inout Shard
    ) -> Lookup {
        if !shard.holds.isEmpty, isHeld(key, now: now, in: &shard) { return .held }
        if let entry = shard.storage?.use(key) {
            if isGood(entry) { return .hit(entry) }
            shard.storage?.remove(key)
        }
        if let flight = shard.flights[key] { return .join(flight) }
        let flight = Flight()
        shard.flights[key] = flight
        return .lead(flight)
    }

    /// Goes through the places from 0 on, those of a shard together under its lock.
    private func forEachShard(
        of count: Int, key: (Int) -> NameKey, _ body: (inout Shard, _ place: Int) -> Void
    ) {
        if shardCount == 1 {
            shards[0].withLock { shard in
                for place in 0..<count { body(&shard, place) }
            }
            return
        }
        var places = [[Int]](repeating: [], count: shardCount)
        for place in 0..<count { places[shard(of: key(place))].append(place) }
        for (number, own) in places.enumerated() where !own.isEmpty {
            shards[number].withLock { shard in
                for place in own { body(&shard, place) }
            }
        }
    }

    /// Takes a flight off the list, if it is still on it.
    func remove(_ flight: Flight, of key: NameKey) {
        shards[shard(of: key)].withLock { shard in
            if shard.flights[key] === flight { shard.flights[key] = nil }
        }
    }

    /// The same for several flights.
    func remove(_ flights: [(key: NameKey, flight: Flight)]) {
        forEachShard(of: flights.count, key: { flights[$0].key }) { shard, place in
            let (key, flight) = flights[place]
            if shard.flights[key] === flight { shard.flights[key] = nil }
        }
    }

    /// What came of an attempt to keep an entry.
    enum FillResult: Sendable {
        case refused
        case kept(evicted: CacheEntry?)
        /// There is no L2, but an inner layer may keep it.
        case admitted
    }

    /// Keeps an entry, unless it was invalidated meanwhile, its key is held, or a newer version is there.
    func fill(_ entry: CacheEntry, now: Int64) -> FillResult {
        shards[shard(of: entry.name)].withLock { Self.fill(entry, now: now, ignoresFloors: ignoresFloors, in: &$0) }
    }

    /// The same for several entries, in their order: one lock for each shard that takes some of them.
    func fill(_ entries: [CacheEntry], now: Int64) -> [FillResult] {
        var results = [FillResult](repeating: .refused, count: entries.count)
        forEachShard(of: entries.count, key: { entries[$0].name }) { shard, place in
            results[place] = Self.fill(entries[place], now: now, ignoresFloors: ignoresFloors, in: &shard)
        }
        return results
    }

    @inline(__always)
    private static func fill(
        _ entry: CacheEntry, now: Int64, ignoresFloors: Bool, in shard: inout Shard
    ) -> FillResult {
        if !ignoresFloors {
            guard shard.floors.admits(entry.name, asOf: entry.asOf) else { return .refused }
            if !shard.holds.isEmpty, isHeld(entry.name, now: now, in: &shard) { return .refused }
            if let present = shard.storage?.peek(entry.name), present.version > entry.version { return .refused }
        }
        guard shard.storage != nil else { return .admitted }
        return .kept(evicted: shard.storage?.insert(entry))
    }

    /// Whether an entry of this key, current at `time`, is above its floor.
    func admits(_ key: NameKey, asOf time: Int64) -> Bool {
        shards[shard(of: key)].withLock { $0.floors.admits(key, asOf: time) }
    }

    /// Raises the floor of a key, drops what lies below, and lets nobody join a load that began before.
    /// - Parameter holdDeadline: until when to honour a hold whose release never comes.
    func apply(_ action: Invalidation.Action, to key: NameKey, time: Int64, holdDeadline: Int64) {
        shards[shard(of: key)].withLock { shard in
            shard.floors.raise(key, to: time)
            if !ignoresFloors, !shard.flights.isEmpty { shard.flights[key] = nil }
            if let entry = shard.storage?.peek(key), entry.asOf < time { shard.storage?.remove(key) }
            switch action {
            case .drop: break
            case .hold(let id):
                if !shard.released.contains(id) { shard.holds.add(id, on: key, until: holdDeadline) }
            case .release(let id):
                shard.released.append(id)
                if shard.released.count > 64 { shard.released.removeFirst(32) }
                shard.holds.remove(id, from: key)
            }
        }
    }

    /// Lets nobody join any load that is under way: a tag was invalidated, and who carries it is known only after loading.
    func detachFlights() {
        for index in 0..<shardCount { shards[index].withLock { $0.flights.removeAll() } }
    }

    /// Drops everything and refuses whatever was not certainly current at `time`.
    func distrust(before time: Int64) {
        for index in 0..<shardCount {
            shards[index].withLock { shard in
                shard.storage?.removeAll()
                shard.flights.removeAll()
                shard.floors.raiseHorizon(to: time)
            }
        }
    }

    /// The entry of a key, without counting as a use.
    func inspect(_ key: NameKey, now: Int64, isGood: (CacheEntry) -> Bool) -> CacheEntry? {
        inspect([key], now: now, isGood: isGood)[0]
    }

    /// The same for several keys, in their order.
    func inspect(_ keys: [NameKey], now: Int64, isGood: (CacheEntry) -> Bool) -> [CacheEntry?] {
        var found = [CacheEntry?](repeating: nil, count: keys.count)
        forEachShard(of: keys.count, key: { keys[$0] }) { shard, place in
            if Self.isHeld(keys[place], now: now, in: &shard) { return }
            guard let entry = shard.storage?.peek(keys[place]), isGood(entry) else { return }
            found[place] = entry
        }
        return found
    }

    private static func isHeld(_ key: NameKey, now: Int64, in shard: inout Shard) -> Bool {
        guard !shard.holds.isEmpty else { return false }
        if shard.holds.isHeld(key, now: now) { return true }
        shard.holds.forgetExpired(of: key, now: now)
        return false
    }
}

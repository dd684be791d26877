import History
import Support

extension CacheInstance {
    /// How a warming went.
    public struct Warming: Sendable, Hashable {
        /// Keys that can now be served without the origin.
        public var warmed: Int
        /// Keys that could not be loaded or were not kept.
        public var missed: Int
        /// Nanoseconds.
        public var duration: Int64
    }

    /// Fills the layers from L2 outwards with the present values of these keys, in batches of at most a hundred, between which
    /// others come to their turn. Memory: that of the batches under way. O(keys).
    ///
    /// Instances that warm the same keys at the same time begin at different places among them, so that most of what one has
    /// loaded from the origin the others find in the shared tier.
    /// - Parameter concurrency: how many batches are loaded at a time.
    public func warm(_ keys: [String], concurrency: Int = 2) async -> Warming {
        let start = clock.now()
        let names = Self.distinct(keys)
        let first = names.isEmpty ? 0 : Int(Self.place(of: id) % UInt64(names.count))
        let batches = (names.count + Self.batchSize - 1) / Self.batchSize
        let lanes = max(1, min(concurrency, batches))
        var kept: Set<NameKey> = []
        await withTaskGroup(of: [NameKey].self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    var kept: [NameKey] = []
                    for batch in stride(from: lane, to: batches, by: lanes) where !Task.isCancelled {
                        let places = batch * Self.batchSize..<min((batch + 1) * Self.batchSize, names.count)
                        let batch = places.map { names[(first + $0) % names.count] }
                        let outcomes = await self.read(batch, observer: self.observer)
                        kept += zip(batch, outcomes).filter { (try? $1.get())?.keptIn != nil }.map(\.0)
                    }
                    return kept
                }
            }
            for await some in group { kept.formUnion(some) }
        }
        let warmed = kept.count == names.count ? keys.count : keys.count { kept.contains(NameKey($0)) }
        return Warming(warmed: warmed, missed: keys.count - warmed, duration: clock.now() - start)
    }

    /// The keys, each once, in the order in which they first come.
    static func distinct(_ keys: [String]) -> [NameKey] {
        var known = Set<NameKey>(minimumCapacity: keys.count)
        return keys.map { NameKey($0) }.filter { known.insert($0).inserted }
    }

    /// The same number for the same name in every process: its bytes, mixed (FNV-1a).
    private static func place(of name: String) -> UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}

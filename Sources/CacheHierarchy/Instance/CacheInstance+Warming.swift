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

    /// Fills the layers from L2 outwards with the present values of these keys.
    ///
    /// Instances that warm the same keys at the same time begin at different places among them, so that most of what one has
    /// loaded from the origin the others find in the shared tier.
    /// - Parameter concurrency: how many keys are loaded at a time.
    public func warm(_ keys: [String], concurrency: Int = 16) async -> Warming {
        let start = clock.now()
        // One look at the disk for all of them: mostly it holds none, and each need not be asked for there again.
        let onDisk = try? await usableHost?.inspect(keys, now: start)
        let first = keys.isEmpty ? 0 : Int(Self.place(of: id) % UInt64(keys.count))
        var warmed = 0
        await withTaskGroup(of: Int.self) { group in
            let lanes = max(1, min(concurrency, keys.count))
            for lane in 0..<lanes {
                group.addTask {
                    var count = 0
                    for index in stride(from: lane, to: keys.count, by: lanes) where !Task.isCancelled {
                        let key = keys[(first + index) % keys.count]
                        let mayBeOnDisk = onDisk.map { $0[key] != nil } ?? true
                        let served = try? await self.read(
                            NameKey(key), askingHost: mayBeOnDisk, observer: self.observer)
                        if served?.keptIn != nil { count += 1 }
                    }
                    return count
                }
            }
            for await count in group { warmed += count }
        }
        return Warming(warmed: warmed, missed: keys.count - warmed, duration: clock.now() - start)
    }

    /// The same number for the same name in every process: its bytes, mixed (FNV-1a).
    private static func place(of name: String) -> UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}

import History

/// The versions that a worker was given although no layer would keep them, so that it is never given less afterwards.
///
/// Such a value comes from the origin while its invalidation is still on the way: a layer that has not heard of it may yet
/// be filled with the value before. What was kept needs no mark, because no layer replaces a version by a lower one.
///
/// Bounded: of more keys than `capacity` in that state at a time, the ones marked first are forgotten.
struct SessionMarks {
    private var versions: [NameKey: Int64] = [:]
    private var order: [NameKey] = []
    private let capacity: Int

    init(capacity: Int = 4096) { self.capacity = capacity }

    /// Whether a version may be given to the worker.
    @inline(__always)
    func admit(_ version: Int64, of key: NameKey) -> Bool {
        versions.isEmpty || version >= versions[key] ?? Int64.min
    }

    /// A version was given and not kept.
    mutating func mark(_ version: Int64, of key: NameKey) {
        if let marked = versions[key] {
            versions[key] = max(marked, version)
            return
        }
        versions[key] = version
        order.append(key)
        guard versions.count > capacity || order.count > 2 * capacity else { return }
        order.removeAll { versions[$0] == nil }
        let excess = order.count - capacity
        if excess > 0 {
            for forgotten in order.prefix(excess) { versions[forgotten] = nil }
            order.removeFirst(excess)
        }
    }

    /// A version was given and kept: nothing lower can come any more.
    @inline(__always)
    mutating func kept(_ key: NameKey) {
        if !versions.isEmpty { versions[key] = nil }
    }
}

import History

/// The newest finished version of one key: now, and as it was when those invalidations of tags began by which reads may
/// yet be judged.
struct NewestWrites {
    /// Ends and versions rise.
    private var writes: [Operation] = []
    private var limit = 4

    var count: Int { writes.count }

    /// A write has ended.
    /// - Parameters:
    ///   - lastThreshold: no invalidation of a tag began later.
    ///   - thresholds: when those began that still matter, ascending; asked for only if there is much to forget.
    mutating func end(_ write: Operation, lastThreshold: Int64, thresholds: () -> [Int64]) {
        guard let last = writes.last else {
            writes.append(write)
            return
        }
        guard last.version < write.version else {
            // An invalidation that began then may follow this one only, in a session.
            if last.end == write.end, lastThreshold == write.end, write.worker >= 0 {
                let place = writes.firstIndex { $0.end == write.end && $0.version > write.version } ?? writes.count
                writes.insert(write, at: place)
            }
            return
        }
        // Nobody will ask for a time between them.
        if lastThreshold < last.end { writes.removeLast() }
        writes.append(write)
        guard writes.count > limit else { return }
        forget(thresholds())
        limit = max(4, 2 * writes.count)
    }

    /// The write of the newest version of those that precede an operation, which begins now, or an invalidation that
    /// matters.
    func newest(before operation: Operation) -> Operation? { writes.last { $0.precedes(operation) } }

    /// Leaves those that are the newest at one of these times, and the last. O(writes + thresholds).
    private mutating func forget(_ thresholds: [Int64]) {
        var kept: [Operation] = []
        var next = 0
        for (index, write) in writes.enumerated() {
            guard index + 1 < writes.count else {
                kept.append(write)
                break
            }
            while next < thresholds.count, thresholds[next] < write.end { next += 1 }
            if next < thresholds.count, thresholds[next] <= writes[index + 1].end { kept.append(write) }
        }
        writes = kept
    }
}

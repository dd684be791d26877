import History

/// "Before and after" and "Reads that find nothing".
extension Operation {
    var isWriteOrDelete: Bool { kind == .write || kind == .delete }
    /// A write, a delete or an invalidation.
    var isChange: Bool { isWriteOrDelete || kind == .invalidate || kind == .invalidateTag }
    var hasReturned: Bool { end != Operation.never }
    var isPoint: Bool { start == end }

    /// "Something that a client does."
    private var isOfClient: Bool { isChange || [.read, .inspect, .compareAndSet].contains(kind) }

    /// "Operation *a* precedes operation *b* if *a* ended before *b* began. Operations that touch are concurrent, with
    /// one exception."
    func precedes(_ other: Operation) -> Bool {
        // "An operation of unknown outcome never ends, and precedes nothing."
        if outcome == .unknown { return false }
        if end < other.start { return true }
        guard worker != -1, worker == other.worker, end == other.start else { return false }
        return isOfClient && other.isOfClient ? !(isPoint && other.isPoint) : !isPoint && !other.isPoint
    }

    /// "`absent`, version 0, value 0: nothing was there."
    var isAbsentRead: Bool { kind == .read && isAbsent && foundNothing }

    private var foundNothing: Bool { version == 0 && value == 0 }

    /// "A *tombstone* is a delete, or a write that says `tombstone`, that did not fail."
    var isTombstoneWrite: Bool { (kind == .delete || kind == .write && isTombstone) && outcome != .failed }

    /// A read that a cache layer served, or an inspection of one that found an entry.
    var meetsEntry: Bool {
        (kind == .read || kind == .inspect) && outcome == .ok && layer != .origin && !isAbsent
    }

    /// "Two things explain a read whatever its key was at. Such a read is *excused*: no check accuses it."
    func isExcused(in history: History) -> Bool {
        guard kind == .read, foundNothing else { return false }
        let ofKey = history.operations.filter { $0.key == key }
        let mayBeDeleted = ofKey.contains {
            $0.isTombstoneWrite && $0.outcome == .unknown && $0.version == 0 && !precedes($0)
        }
        if isAbsent && mayBeDeleted && NaiveNames(ofKey).areVersions { return true }
        // "…if the cache is the only store: the read was *evicted*."
        guard layer != .origin, !ofKey.contains(where: { $0.kind == .load && $0.start <= end }) else { return false }
        return history.operations.contains { eviction in
            guard eviction.kind == .evict, eviction.outcome != .failed, eviction.key == key || eviction.key == -1,
                eviction.layer == layer, layer >= .l3 || eviction.instance == instance, eviction.start <= end
            else { return false }
            return !ofKey.contains {
                $0.isWriteOrDelete && $0.outcome == .ok && eviction.precedes($0) && $0.precedes(self)
            }
        }
    }
}

/// How the reads of a key name their writes.
struct NaiveNames {
    /// "A key is judged *by versions* unless something contradicts it: a read, write or delete with outcome `ok` that
    /// has version 0 and a value other than 0, or a write or delete with outcome `ok` and version 0."
    let areVersions: Bool
    /// Nothing with outcome `ok` has a version.
    let areValues: Bool
    /// Each read says which write it returns.
    let areUniqueValues: Bool

    /// - Parameter operations: of one key.
    init(_ operations: [Operation]) {
        let register = operations.filter { $0.kind == .read || $0.isWriteOrDelete }
        let certain = register.filter { $0.outcome == .ok }
        areVersions = !certain.contains { $0.version == 0 && ($0.value != 0 || $0.isWriteOrDelete) }
        areValues = certain.allSatisfy { $0.version == 0 }
        // "A key in which a value was written twice, or in which nothing was read although there is a delete, has
        // reads that do not name their writes." To write the value 0 is to delete.
        let writes = register.filter { $0.isWriteOrDelete && $0.outcome != .failed }
        // "Writes of unknown outcome alone, of a value that nobody read, did nothing."
        let happened = Set(
            certain.filter { $0.kind == .read || $0.isWriteOrDelete }.map(\.value))
        let written = writes.map(\.value).filter { $0 != 0 && happened.contains($0) }
        let isNothingRead = certain.contains { $0.kind == .read && $0.value == 0 }
        let isNothingWritten = writes.contains { $0.value == 0 }
        let hasNoVersion = register.allSatisfy { $0.version == 0 }
        areUniqueValues =
            hasNoVersion && Set(written).count == written.count && !(isNothingRead && isNothingWritten)
    }
}

extension History {
    /// The reads and writes of each key that has any. Reads are those that returned and are not excused.
    var registers: [(reads: [Operation], writes: [Operation], names: NaiveNames)] {
        keys.indices.compactMap { key in
            let all = operations.filter { $0.key == key && ($0.kind == .read || $0.isWriteOrDelete) }
            guard !all.isEmpty else { return nil }
            let reads = all.filter { $0.kind == .read && $0.outcome == .ok && !$0.isExcused(in: self) }
            let writes = all.filter(\.isWriteOrDelete)
            return (reads, writes, NaiveNames(reads + writes))
        }
    }

    func tagNames(_ operation: Operation) -> Set<String> { Set(tagSets[Int(operation.tagSet)]) }
}

import History

/// What the reads that found nothing mean to the sessions of a recorded history.
struct SessionEmptyReads: Sendable {
    /// Ids of reads that are excused.
    private var excused: Set<Int64> = []
    /// By key, the deletions that may have happened, in order of version.
    private var tombstones: [Int32: [Operation]] = [:]

    /// O(n), and no more where no read found nothing.
    init(_ history: History) {
        let operations = history.operations
        guard operations.contains(where: { $0.findsNothing && ($0.isAbsent || $0.layer != .origin) }) else { return }
        let groups = OperationsByKey(operations, keys: history.keys.count) { $0.concernsRegister }
        excused = Set(EmptyReads.allExcused(in: history).map { operations[Int($0)].id })
        for key in 0..<groups.keyCount {
            let positions = groups[key]
            let evidence = LabellingEvidence(positions, of: operations)
            guard evidence.hasAbsentReads, evidence.labelling == .versions else { continue }
            let deletes = positions.lazy.map { operations[Int($0)] }.filter { $0.mayDelete && $0.version > 0 }
            tombstones[Int32(key)] = deletes.sorted { $0.version < $1.version }
        }
    }

    func isExcused(_ read: Operation) -> Bool { !excused.isEmpty && excused.contains(read.id) }

    /// The least version of a deletion, no less than this one, that may lie before a read; `nil` if there is none.
    /// O(log n), but for deletions that come after the read.
    func leastTombstone(from version: Int64, before read: Operation) -> Int64? {
        guard let tombstones = tombstones[read.key] else { return nil }
        let low = tombstones.countOfPrefix { $0.version < version }
        return tombstones[low...].first { $0.mayLieBefore(read) }?.version
    }
}

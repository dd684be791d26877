import History

/// The reads of a history that found nothing, and what explains them whatever their key was at.
///
/// Most histories have none that matter, so nothing is looked up before the first of them is met.
struct EmptyReads {
    private let history: History
    private let hasEvictions: Bool
    private var evictions: Evictions?

    /// - Parameter groups: any operations of the history by key.
    init(_ history: History, _ groups: OperationsByKey) {
        self.history = history
        hasEvictions = groups.hasEvictions
    }

    /// The reads and writes of a key without the reads that are excused: by a delete of unknown version
    /// or whether it happened, or by an eviction from a cache that is the only store.
    /// - Parameter labelling: of the key, and whether any read found nothing.
    mutating func withoutExcused(
        _ positions: ArraySlice<Int32>, _ labelling: LabellingEvidence
    ) -> ArraySlice<Int32> {
        guard labelling.hasAbsentReads || (labelling.hasEmptyReads && hasEvictions) else { return positions }
        let excused = excused(positions, byVersions: labelling.labelling == .versions)
        return excused.isEmpty ? positions : positions.filter { !excused.contains($0) }[...]
    }

    /// Which reads of a history are excused, in all keys. O(n), and no more where no read found nothing.
    static func allExcused(in history: History) -> Set<Int32> {
        let operations = history.operations
        guard operations.contains(where: { $0.findsNothing && ($0.isAbsent || $0.layer != .origin) }) else { return [] }
        let groups = OperationsByKey(operations, keys: history.keys.count) { $0.concernsRegister }
        var emptyReads = EmptyReads(history, groups)
        var result: Set<Int32> = []
        for key in 0..<groups.keyCount {
            let evidence = LabellingEvidence(groups[key], of: operations)
            guard evidence.hasAbsentReads || (evidence.hasEmptyReads && groups.hasEvictions) else { continue }
            result.formUnion(emptyReads.excused(groups[key], byVersions: evidence.labelling == .versions))
        }
        return result
    }

    /// Which reads of a key are excused.
    mutating func excused(_ positions: ArraySlice<Int32>, byVersions: Bool) -> Set<Int32> {
        let operations = history.operations
        var result: Set<Int32> = []
        var deletes: [Operation] = []
        var writes: StartedWrites?
        for position in positions where byVersions {
            let operation = operations[Int(position)]
            if operation.mayDelete, operation.outcome == .unknown, operation.version == 0 { deletes.append(operation) }
        }
        for position in positions {
            let read = operations[Int(position)]
            guard read.findsNothing, read.outcome == .ok else { continue }
            if read.isAbsent,
                deletes.prefix(while: { $0.start <= read.end }).contains(where: { $0.mayLieBefore(read) })
            {
                result.insert(position)
                continue
            }
            guard hasEvictions, read.layer != .origin else { continue }
            if evictions == nil { evictions = Evictions(operations) }
            guard evictions!.isOnlyStore(for: read) else { continue }
            if writes == nil { writes = StartedWrites(positions, of: operations) }
            if evictions!.anyLies(between: writes!, and: read) { result.insert(position) }
        }
        return result
    }
}

extension Operation {
    /// For what may have happened to a key before it was read: it began by then, and does not come after the read.
    func mayLieBefore(_ read: Operation) -> Bool {
        start < read.end || (start == read.end && !read.precedes(self))
    }
}

/// The evictions of a history, by what they took from where.
private struct Evictions {
    private struct Spot: Hashable {
        let key: Int32
        let layer: Layer
        /// Of the inner layers, which others do not share.
        let instance: Int32

        init(key: Int32, _ operation: Operation) {
            self.key = key
            layer = operation.layer
            instance = operation.layer <= .l2 ? operation.instance : -1
        }
    }

    private let operations: [Operation]
    /// When each key was loaded first: the cache is not the only store from then on.
    private var firstLoads: [Int32: Int64] = [:]
    /// In order of starts, with the one that ended last so far.
    private var steps: [Spot: [(position: Int32, last: Int32)]] = [:]

    init(_ operations: [Operation]) {
        self.operations = operations
        for (position, operation) in operations.enumerated() {
            if operation.kind == .load, firstLoads[operation.key] == nil {
                firstLoads[operation.key] = operation.start
            } else if operation.kind == .evict, operation.outcome != .failed {
                let position = Int32(truncatingIfNeeded: position)
                let spot = Spot(key: operation.key, operation)
                var last = position
                if let before = steps[spot]?.last?.last,
                    operations[Int(before)].settledEnd > operation.settledEnd
                {
                    last = before
                }
                steps[spot, default: []].append((position, last))
            }
        }
    }

    func isOnlyStore(for read: Operation) -> Bool { firstLoads[read.key].map { $0 > read.end } ?? true }

    /// Whether an eviction may have come after all writes that precede a read, and before the read ended.
    func anyLies(between writes: StartedWrites, and read: Operation) -> Bool {
        let latestStart = writes.latestStart(before: read)
        for key in [read.key, -1] {
            guard let steps = steps[Spot(key: key, read)] else { continue }
            let low = steps.countOfPrefix { operations[Int($0.position)].start <= read.end }
            guard low > 0 else { continue }
            guard let start = latestStart else { return true }
            let end = operations[Int(steps[low - 1].last)].settledEnd
            if end > start { return true }
            // What touches may be in the order of a session, so each is looked at.
            guard end == start else { continue }
            let last = writes.begun(at: start, before: read)
            for step in steps[..<low] {
                let eviction = operations[Int(step.position)]
                if eviction.settledEnd == end, !last.contains(where: { eviction.precedes($0) }) { return true }
            }
        }
        return false
    }
}

/// The writes of one key that happened, by what precedes a read.
private struct StartedWrites {
    /// In order of ends, with the latest start so far.
    private var ends: [(end: Int64, latestStart: Int64, position: Int32)] = []
    private let operations: [Operation]

    init(_ positions: ArraySlice<Int32>, of operations: [Operation]) {
        self.operations = operations
        for position in positions {
            let operation = operations[Int(position)]
            guard operation.isWriting, operation.outcome == .ok else { continue }
            ends.append((operation.end, operation.start, position))
        }
        ends.sort { $0.end < $1.end }
        for index in ends.indices.dropFirst() {
            ends[index].latestStart = max(ends[index].latestStart, ends[index - 1].latestStart)
        }
    }

    /// How many had ended before a read began.
    private func ended(before read: Operation) -> Int {
        ends.countOfPrefix { $0.end < read.start }
    }

    /// When the last of the writes that precede a read began; `nil` if none does.
    func latestStart(before read: Operation) -> Int64? {
        let ended = ended(before: read)
        var latest = ended == 0 ? nil : ends[ended - 1].latestStart
        for (_, _, position) in ends[ended...].prefix(while: { $0.end == read.start }) {
            let write = operations[Int(position)]
            if write.precedes(read) { latest = max(latest ?? .min, write.start) }
        }
        return latest
    }

    /// Those that began at a time, of the ones that precede a read. O(n).
    func begun(at start: Int64, before read: Operation) -> [Operation] {
        ends.lazy.map { operations[Int($0.position)] }.filter { $0.start == start && $0.precedes(read) }
    }
}

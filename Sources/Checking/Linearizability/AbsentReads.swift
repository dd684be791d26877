import History

/// What the absent reads of one key with versions stand for: each for the least version of a tombstone, or 0, that is
/// no less than what had been written or read when it began. A higher one would leave less room for what follows.
struct AbsentReads {
    /// The reads and writes, in order of starts. The absent reads that nothing explains are gone, the others have
    /// versions.
    private(set) var operations: [Operation]
    /// How many absent reads nothing explains.
    private(set) var unexplained = 0

    init(_ operations: [Operation]) { self.operations = operations }

    /// Gives the absent reads their versions. O(n log n).
    mutating func resolve(_ findings: inout Findings) {
        let tombstones = Set(operations.lazy.filter { $0.mayDelete && $0.outcome == .ok }.map(\.version)).union([0])
            .sorted()
        // Points that begin with something longer may precede it, so they come first.
        let byStart = operations.indices.map { Int32($0) }.sorted {
            let (left, right) = (operations[Int($0)], operations[Int($1)])
            return (left.start, left.end) < (right.start, right.end)
        }
        var ends: [(end: Int64, position: Int32)] = byStart.compactMap {
            let operation = operations[Int($0)]
            let isSeen = operation.kind == .read || operation.outcome == .ok
            return isSeen && operation.end != Operation.never ? (operation.end, $0) : nil
        }
        ends.sort { $0.end < $1.end }
        let uncertain = uncertainTombstones(ends)
        var ended = 0
        var highest: Int32?
        var removed: Set<Int32> = []
        for position in byStart where operations[Int(position)].isAbsentRead {
            let read = operations[Int(position)]
            while ended < ends.count, ends[ended].end < read.start {
                highest = higher(highest, ends[ended].position)
                ended += 1
            }
            var known = highest
            for (_, other) in ends[ended...].prefix(while: { $0.end == read.start })
            where operations[Int(other)].precedes(read) {
                known = higher(known, other)
            }
            let least = known.map { operations[Int($0)].version } ?? 0
            let low = tombstones.countOfPrefix { $0 < least }
            let certain = low < tombstones.count ? tombstones[low] : nil
            let possible = uncertain.first { $0.version >= least && $0.mayLieBefore(read) }?.version
            if let version = [certain, possible].compactMap({ $0 }).min() {
                operations[Int(position)].version = version
            } else if let known {
                removed.insert(position)
                report(read, after: operations[Int(known)], &findings)
            }
        }
        unexplained = removed.count
        if unexplained > 0 {
            operations = operations.indices.lazy.filter { !removed.contains(Int32($0)) }.map { operations[$0] }
        }
    }

    /// Deletes of unknown outcome that can have happened, in order of version: nothing that precedes them was newer,
    /// and no other write has their version.
    private func uncertainTombstones(_ ends: [(end: Int64, position: Int32)]) -> [Operation] {
        let deletes = operations.filter { $0.mayDelete && $0.outcome == .unknown && $0.version > 0 }
        guard !deletes.isEmpty else { return [] }
        let written = Set(operations.lazy.filter { $0.isWriting && $0.outcome == .ok }.map(\.version))
        var newest: [Int64] = []
        for (_, position) in ends { newest.append(max(newest.last ?? 0, operations[Int(position)].version)) }
        return deletes.filter { delete in
            guard !written.contains(delete.version) else { return false }
            let ended = ends.firstIndex { $0.end >= delete.start } ?? ends.count
            if ended > 0, newest[ended - 1] > delete.version { return false }
            return !ends[ended...].prefix { $0.end == delete.start }.contains {
                let operation = operations[Int($0.position)]
                return operation.version > delete.version && operation.precedes(delete)
            }
        }.sorted { $0.version < $1.version }
    }

    private func higher(_ known: Int32?, _ other: Int32) -> Int32 {
        guard let known else { return other }
        return operations[Int(known)].version < operations[Int(other)].version ? other : known
    }

    private func report(_ read: Operation, after earlier: Operation, _ findings: inout Findings) {
        findings.add(rule: "A read finds nothing only where nothing was written, or it was deleted.", [earlier, read]) {
            "\($0.key(read)) was at version \(earlier.version) when the first operation ended, "
                + "and nobody has deleted that or a newer one."
        }
    }
}

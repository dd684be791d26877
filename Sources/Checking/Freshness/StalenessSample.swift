import History

/// How stale one read was.
struct StalenessSample {
    /// Nanoseconds between the earliest end of a newer write and the start of the read; 0 if there was none. Times have
    /// 64 bits with a sign, so this takes 64 without.
    let age: UInt64
    /// How many newer versions had finished when it began.
    let lag: Int
    /// The write of the newer version that ended first, if it ended before the read began.
    let newer: Operation?

    /// Calls with every read of a key with versions, key by key. O(n log n).
    /// - Returns: the number of keys left out because their writes have no versions.
    static func forEach(in history: History, _ body: (Operation, StalenessSample) -> Void) -> Int {
        let operations = history.operations
        let groups = OperationsByKey(operations, keys: history.keys.count) { $0.concernsRegister }
        var leftOut = 0
        var emptyReads = EmptyReads(history, groups)
        for key in 0..<groups.keyCount where !groups[key].isEmpty {
            let evidence = LabellingEvidence(groups[key], of: operations)
            guard evidence.labelling == .versions else {
                leftOut += 1
                continue
            }
            let positions = emptyReads.withoutExcused(groups[key], evidence)
            var writes = WritesByVersion(positions, of: operations)
            var tombstones: Tombstones?
            for position in positions where operations[Int(position)].kind == .read {
                let read = operations[Int(position)]
                var version = read.version
                if read.isAbsentRead {
                    if tombstones == nil { tombstones = Tombstones(positions, of: operations) }
                    version = tombstones!.highest(before: read)
                }
                body(read, writes.sample(read, of: version))
            }
        }
        return leftOut
    }
}

/// The writes of one key in order of version, asked by reads in order of their starts.
private struct WritesByVersion {
    private let operations: [Operation]
    /// Positions in order of version.
    private var ordered: [Int32] = []
    /// For each of them, the position of the write that ended first among it and those of higher versions.
    private var firstEnd: [Int32] = []
    /// Indices into `ordered`, in order of their ends.
    private var byEnd: [Int32] = []
    private var finished = 0
    /// A Fenwick tree over `ordered`: how many have finished.
    private var counts: [Int32]

    init(_ positions: ArraySlice<Int32>, of operations: [Operation]) {
        self.operations = operations
        ordered = positions.filter {
            operations[Int($0)].isWriting && operations[Int($0)].outcome == .ok && operations[Int($0)].version > 0
        }
        ordered.sort { operations[Int($0)].version < operations[Int($1)].version }
        firstEnd = ordered
        for index in firstEnd.indices.dropLast().reversed()
        where operations[Int(firstEnd[index + 1])].end < operations[Int(firstEnd[index])].end {
            firstEnd[index] = firstEnd[index + 1]
        }
        counts = [Int32](repeating: 0, count: ordered.count + 1)
        byEnd = ordered.indices.map { Int32($0) }
        byEnd.sort { [ordered] in operations[Int(ordered[Int($0)])].end < operations[Int(ordered[Int($1)])].end }
    }

    /// - Parameter version: what the read returned, or stands for.
    mutating func sample(_ read: Operation, of version: Int64) -> StalenessSample {
        while finished < byEnd.count && operations[Int(ordered[Int(byEnd[finished])])].end < read.start {
            var node = Int(byEnd[finished]) + 1
            while node < counts.count {
                counts[node] += 1
                node += node & -node
            }
            finished += 1
        }
        // The first version that is newer than the one read.
        let low = ordered.countOfPrefix { operations[Int($0)].version <= version }
        guard low < ordered.count else { return StalenessSample(age: 0, lag: 0, newer: nil) }
        let newer = operations[Int(firstEnd[low])]
        guard newer.end < read.start else { return StalenessSample(age: 0, lag: 0, newer: nil) }
        var lag = finished
        var node = low
        while node > 0 {
            lag -= Int(counts[node])
            node -= node & -node
        }
        return StalenessSample(age: read.start.nanoseconds(since: newer.end), lag: lag, newer: newer)
    }
}

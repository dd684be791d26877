import History

/// How stale each read was: for how long, and by how many versions.
public struct StalenessDistribution: Sendable {
    /// One read.
    public struct Sample: Sendable, Hashable {
        /// Nanoseconds between the earliest end of a write newer than what was read and the start of the read; 0 if there
        /// was none.
        public var duration: Int64
        /// How many newer versions had been written by the start of the read.
        public var versionLag: Int
        /// The read.
        public var read: Operation
        /// The newer write that ended first; `nil` if the read was not stale.
        public var newer: Operation?
    }

    /// One for each answered read, key by key.
    public let samples: [Sample]

    /// O(n log n).
    public init(_ history: History) {
        var samples: [Sample] = []
        for operations in history.operationsByKey(where: {
            $0.isAnsweredRead || ($0.isWrite && $0.outcome == .ok)
        }) {
            let writes = operations.filter(\.isWrite).sorted { $0.version < $1.version }
            guard writes.count < operations.count else { continue }
            // From each place on, the write with the earliest end.
            var earliest: [Operation] = []
            for write in writes.reversed() {
                if let last = earliest.last, last.end <= write.end { earliest.append(last) } else { earliest.append(write) }
            }
            earliest.reverse()
            let ends = writes.map(\.end).sorted()
            var lag = RankedCounter(count: writes.count)
            let byEnd = writes.indices.sorted { writes[$0].end < writes[$1].end }
            var ended = 0
            for read in operations where read.kind == .read {
                while ended < byEnd.count, ends[ended] < read.start {
                    lag.add(byEnd[ended])
                    ended += 1
                }
                let firstNewer = writes.partitioningIndex { $0.version > read.version }
                guard firstNewer < writes.count, earliest[firstNewer].end < read.start else {
                    samples.append(Sample(duration: 0, versionLag: 0, read: read, newer: nil))
                    continue
                }
                let newer = earliest[firstNewer]
                samples.append(
                    Sample(
                        duration: read.start - newer.end, versionLag: ended - lag.count(below: firstNewer), read: read,
                        newer: newer))
            }
        }
        self.samples = samples
    }
}

/// Counts marked places below a place (a Fenwick tree): O(log n) each.
private struct RankedCounter {
    private var sums: [Int]

    init(count: Int) { sums = [Int](repeating: 0, count: count + 1) }

    mutating func add(_ place: Int) {
        var index = place + 1
        while index < sums.count {
            sums[index] += 1
            index += index & -index
        }
    }

    func count(below place: Int) -> Int {
        var index = place
        var total = 0
        while index > 0 {
            total += sums[index]
            index -= index & -index
        }
        return total
    }
}

extension Array {
    /// The first index whose element (and every later one) satisfies the predicate. O(log n).
    func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

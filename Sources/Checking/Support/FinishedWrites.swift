import History

/// The writes of one key that happened, in order of their ends, with the newest version finished so far.
struct FinishedWrites {
    private var ends: [(end: Int64, newest: Int32)] = []
    private let operations: [Operation]

    /// O(n log n).
    init(_ positions: ArraySlice<Int32>, of operations: [Operation]) {
        self.operations = operations
        for position in positions {
            let operation = operations[Int(position)]
            if operation.isWriting && operation.outcome == .ok && operation.version > 0 {
                ends.append((operation.end, position))
            }
        }
        ends.sort { $0.end < $1.end }
        for index in ends.indices.dropFirst() {
            let before = ends[index - 1].newest
            if operations[Int(before)].version > operations[Int(ends[index].newest)].version {
                ends[index].newest = before
            }
        }
    }

    var isEmpty: Bool { ends.isEmpty }

    /// Where the write of the newest version is that had finished before this time. O(log n).
    func newest(before time: Int64) -> Int32? {
        var low = 0
        var high = ends.count
        while low < high {
            let middle = (low + high) / 2
            if ends[middle].end < time { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : ends[low - 1].newest
    }
}

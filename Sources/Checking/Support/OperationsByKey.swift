import History

/// The operations of a history, grouped by key, each group in order of starts. A counting sort: O(n + keys), four bytes
/// an operation.
struct OperationsByKey {
    private let offsets: [Int]
    private let positions: [Int32]
    /// Some operation of the history, grouped or not, is an eviction.
    let hasEvictions: Bool

    /// - Parameter include: which operations to group; those without a key are left out.
    init(_ operations: [Operation], keys: Int, including include: (Operation) -> Bool) {
        var offsets = [Int](repeating: 0, count: keys + 1)
        var hasEvictions = false
        for operation in operations {
            if operation.kind == .evict { hasEvictions = true }
            if operation.key >= 0 && include(operation) { offsets[Int(operation.key) + 1] += 1 }
        }
        self.hasEvictions = hasEvictions
        for key in 0..<keys { offsets[key + 1] += offsets[key] }
        var next = offsets
        var positions = [Int32](repeating: 0, count: offsets[keys])
        for (position, operation) in operations.enumerated() where operation.key >= 0 && include(operation) {
            positions[next[Int(operation.key)]] = Int32(truncatingIfNeeded: position)
            next[Int(operation.key)] += 1
        }
        self.offsets = offsets
        self.positions = positions
    }

    /// The number of keys, those without operations included.
    var keyCount: Int { offsets.count - 1 }

    /// Where the operations of a key are in the history, in order of their starts.
    subscript(key: Int) -> ArraySlice<Int32> { positions[offsets[key]..<offsets[key + 1]] }
}

extension RandomAccessCollection where Index == Int {
    /// How many elements at the beginning meet a condition that is met up to some place, and by none after it. O(log
    /// n).
    @inline(__always)
    func countOfPrefix(where isBefore: (Element) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low - startIndex
    }
}

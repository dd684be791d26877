import History

/// Where the entries of one key can have come from: loads of the origin, and writes that put their value into the cache.
struct EntrySources {
    private struct Content: Hashable {
        let version: Int64
        let value: Int64
    }

    private let operations: [Operation]
    /// For each version, in order of starts: the start, and the source that ended last so far.
    private var sources: [Content: [(start: Int64, last: Int32)]] = [:]
    /// The start of the first write of which neither outcome nor version is known.
    private var firstAnonymous: Int64?

    /// - Parameter positions: of all operations of the key, in order of starts.
    init(_ positions: ArraySlice<Int32>, of operations: [Operation]) {
        self.operations = operations
        for position in positions {
            let operation = operations[Int(position)]
            guard operation.kind == .load || operation.isWriting, operation.outcome != .failed else { continue }
            if operation.outcome == .unknown && operation.version == 0 && operation.value == 0 {
                if firstAnonymous == nil { firstAnonymous = operation.start }
                continue
            }
            let content = Content(version: operation.version, value: operation.value)
            var last = position
            if let before = sources[content]?.last?.last,
                operations[Int(before)].settledEnd >= operation.settledEnd
            {
                last = before
            }
            sources[content, default: []].append((operation.start, last))
        }
    }

    /// The source that ended last, of those that began before a read or an inspection ended. O(log n).
    func last(for met: Operation) -> Int32? {
        guard let steps = sources[Content(version: met.version, value: met.value)] else { return nil }
        var low = 0
        var high = steps.count
        while low < high {
            let middle = (low + high) / 2
            if steps[middle].start <= met.end { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : steps[low - 1].last
    }

    /// Whether a load or a write of which nobody knows the version had begun.
    func anythingMayBeWritten(before time: Int64) -> Bool { firstAnonymous.map { $0 <= time } ?? false }
}

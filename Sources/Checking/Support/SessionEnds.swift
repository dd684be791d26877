import History

/// What clients did that ended at one moment, of each worker the highest: it precedes what the same worker begins then.
///
/// For sweeps in order of starts that have ends in order of time at hand. Stamps that touch are rare where clocks are
/// fine, and common where they are coarse; so nothing is gathered before it is asked for, and each moment once.
struct SessionEnds {
    /// An operation, and what it is compared by.
    typealias Ranked = (rank: UInt64, position: Int32)

    private struct Entry {
        let worker: Int32
        var highest: Ranked
        /// The highest that is not a point; only these precede a point.
        var lasting: Ranked?
    }

    private var time = Operation.never
    /// In order of workers.
    private var entries: [Entry] = []

    /// Takes note of what ends at a moment. O(n log n) for n such operations.
    /// - Parameters:
    ///   - ends: in order of time; the first of them at this moment or later.
    ///   - rank: what an operation is compared by.
    mutating func gather(
        _ ends: ArraySlice<(end: Int64, position: Int32)>, at moment: Int64, of operations: [Operation],
        rank: (Int32) -> UInt64
    ) {
        guard time != moment else { return }
        time = moment
        entries.removeAll(keepingCapacity: true)
        for (end, position) in ends {
            guard end == moment else { break }
            let operation = operations[Int(position)]
            guard operation.worker >= 0 else { continue }
            let ranked = (rank: rank(position), position: position)
            entries.append(
                Entry(worker: operation.worker, highest: ranked, lasting: operation.isPoint ? nil : ranked))
        }
        guard entries.count > 1 else { return }
        entries.sort { $0.worker < $1.worker }
        var last = 0
        for next in 1..<entries.count {
            if entries[last].worker != entries[next].worker {
                last += 1
                entries[last] = entries[next]
                continue
            }
            if entries[next].highest.rank > entries[last].highest.rank { entries[last].highest = entries[next].highest }
            if let lasting = entries[next].lasting, lasting.rank > entries[last].lasting?.rank ?? 0 {
                entries[last].lasting = lasting
            }
        }
        entries.removeLast(entries.count - last - 1)
    }

    /// The highest that precedes an operation which begins at the moment gathered. O(log workers).
    func highest(before operation: Operation) -> Ranked? {
        guard operation.worker >= 0 else { return nil }
        let low = entries.countOfPrefix { $0.worker < operation.worker }
        guard low < entries.count, entries[low].worker == operation.worker else { return nil }
        return operation.isPoint ? entries[low].lasting : entries[low].highest
    }
}

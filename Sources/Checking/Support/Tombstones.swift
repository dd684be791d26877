import History

/// The deletions of one key that may have happened.
struct Tombstones {
    private struct Step {
        let tombstone: Operation
        /// The highest version of this one and those before it.
        let highest: Int64
    }

    /// In order of starts.
    private var steps: [Step] = []

    /// - Parameter positions: in order of starts.
    init(_ positions: ArraySlice<Int32>, of operations: [Operation]) {
        for position in positions where operations[Int(position)].mayDelete {
            let tombstone = operations[Int(position)]
            steps.append(Step(tombstone: tombstone, highest: max(tombstone.version, steps.last?.highest ?? 0)))
        }
    }

    /// The highest version of a deletion that may lie before a read; 0 if there is none. O(log n), but for those that
    /// begin where the read ends.
    func highest(before read: Operation) -> Int64 {
        let low = steps.countOfPrefix { $0.tombstone.start < read.end }
        var highest = low == 0 ? 0 : steps[low - 1].highest
        for step in steps[low...] {
            guard step.tombstone.start == read.end else { break }
            if step.tombstone.mayLieBefore(read) { highest = max(highest, step.tombstone.version) }
        }
        return highest
    }

    /// Whether a deletion with this version or a higher one may lie before a read.
    func anyMayLie(before read: Operation, from version: Int64) -> Bool { highest(before: read) >= version }
}

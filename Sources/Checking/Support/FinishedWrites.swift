import History

/// The writes of one key that happened, in order of their ends, with the newest version finished so far.
struct FinishedWrites {
    private struct Step {
        let end: Int64
        let worker: Int32
        let write: Int32
        /// The newest of this one and those before it.
        var newest: Int32
    }

    /// Those that end together in order of workers.
    private var steps: [Step] = []
    private let operations: [Operation]

    /// O(n log n).
    init(_ positions: ArraySlice<Int32>, of operations: [Operation]) {
        self.operations = operations
        for position in positions {
            let operation = operations[Int(position)]
            if operation.isWriting && operation.outcome == .ok && operation.version > 0 {
                steps.append(
                    Step(end: operation.end, worker: operation.worker, write: position, newest: position))
            }
        }
        steps.sort { ($0.end, $0.worker) < ($1.end, $1.worker) }
        for index in steps.indices.dropFirst() {
            let before = steps[index - 1].newest
            if operations[Int(before)].version > operations[Int(steps[index].newest)].version {
                steps[index].newest = before
            }
        }
    }

    var isEmpty: Bool { steps.isEmpty }

    /// Where the write of the newest version is of those that precede an operation. O(log n), but for writes of one
    /// worker that end together.
    func newest(before operation: Operation) -> Int32? {
        let finished = steps.countOfPrefix { $0.end < operation.start }
        var newest = finished == 0 ? nil : steps[finished - 1].newest
        guard operation.worker >= 0, finished < steps.count, steps[finished].end == operation.start else {
            return newest
        }
        let place = (operation.start, operation.worker)
        for step in steps[steps.countOfPrefix(where: { ($0.end, $0.worker) < place })...] {
            guard (step.end, step.worker) == place else { break }
            let write = operations[Int(step.write)]
            if write.precedes(operation), write.version > newest.map({ operations[Int($0)].version }) ?? 0 {
                newest = step.write
            }
        }
        return newest
    }

    /// Whether a write of a worker, whose session may decide, ends at this moment. O(log n).
    func touches(_ moment: Int64) -> Bool {
        let finished = steps.countOfPrefix { $0.end < moment }
        return finished < steps.count && steps[finished].end == moment
    }
}

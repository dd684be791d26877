import History

/// The operations of a stream that begin at the same nanosecond.
///
/// Points come first, for they may precede in a session what begins with them and ends later, whatever the order in
/// which they were handed over. Holding them until time passes makes it so.
struct Instant: Sendable {
    private var operations: [Operation] = []
    private var isInOrder = true

    var count: Int { operations.count }

    /// Whether this operation begins later than those that are held.
    func isOver(at operation: Operation) -> Bool {
        guard let first = operations.first else { return false }
        return first.start != operation.start
    }

    mutating func add(_ operation: Operation) {
        if let last = operations.last, operation.end < last.end { isInOrder = false }
        operations.append(operation)
    }

    /// Those that are held, in order of their ends; none is held from now on.
    mutating func release() -> [Operation] {
        if !isInOrder {
            operations.sort { ($0.end, $0.id) < ($1.end, $1.id) }
            isInOrder = true
        }
        defer { operations.removeAll(keepingCapacity: true) }
        return operations
    }
}

extension History {
    /// Calls with the operations that begin together, in order of their ends.
    func forEachInstant(_ body: (ArraySlice<Operation>) -> Void) {
        var first = 0
        while first < operations.count {
            let start = operations[first].start
            var end = first + 1
            while end < operations.count, operations[end].start == start { end += 1 }
            if end == first + 1 {
                body(operations[first..<end])
            } else {
                body(operations[first..<end].sorted { ($0.end, $0.id) < ($1.end, $1.id) }[...])
            }
            first = end
        }
    }
}

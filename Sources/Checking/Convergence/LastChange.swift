import History

/// The end of the last of some writes and invalidations, whatever their outcome: what comes after it is about the end.
struct LastChange {
    private var end = Int64.min
    /// Those that end last, of which an inspection that begins then may come after in a session.
    private var last: [Operation] = []

    /// What never returned is taken to have ended when it began: its client was done with it.
    mutating func add(_ change: Operation) {
        var change = change
        if change.end == Operation.never { change.end = change.start }
        guard change.end >= end || last.isEmpty else { return }
        if change.end > end { last = [] }
        end = change.end
        last.append(change)
    }

    mutating func add(_ other: LastChange) {
        for change in other.last { add(change) }
    }

    /// Whether an operation comes after all of them.
    func isBefore(_ operation: Operation) -> Bool {
        if last.isEmpty || end < operation.start { return true }
        return end == operation.start
            && last.allSatisfy { $0.precedesWhereItTouches(operation) }
    }
}

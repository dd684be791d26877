import History

/// Whether a worker begins anything at the time at which something that it did ended, or before.
///
/// In most histories with fine clocks none does, and then times say all about what precedes what.
struct SessionOverlaps {
    private static let longestTable = 4_096

    /// By worker, when the last thing that it did ended, or began if it never ended.
    private var table: [Int64] = []
    private var others: [Int32: Int64] = [:]
    private(set) var isFound = false

    /// Takes the next operation, in order of starts. O(1).
    mutating func meet(_ operation: Operation) {
        let worker = Int(operation.worker)
        guard worker >= 0, !isFound, operation.outcome != .failed else { return }
        if worker >= Self.longestTable { return meetOther(operation) }
        while table.count <= worker { table.append(.min) }
        if operation.start <= table[worker] { isFound = true }
        table[worker] = max(table[worker], Self.touchable(operation))
    }

    private mutating func meetOther(_ operation: Operation) {
        let last = others[operation.worker] ?? .min
        if operation.start <= last { isFound = true }
        others[operation.worker] = max(last, Self.touchable(operation))
    }

    /// The last time at which something that begins there touches the operation without lying inside of it. Of one that
    /// never ends that is its start: a point there comes before it.
    private static func touchable(_ operation: Operation) -> Int64 {
        let end = operation.settledEnd
        return end == Operation.never ? operation.start : end
    }
}

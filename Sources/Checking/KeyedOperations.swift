import History

extension History {
    /// The operations of each key for which `isWanted` says so, in order of their starts. O(n).
    func operationsByKey(where isWanted: (Operation) -> Bool) -> [[Operation]] {
        var counts = [Int](repeating: 0, count: keys.count)
        for operation in operations where operation.key >= 0 && isWanted(operation) { counts[Int(operation.key)] += 1 }
        var groups: [[Operation]] = counts.map { count in
            var group: [Operation] = []
            group.reserveCapacity(count)
            return group
        }
        for operation in operations where operation.key >= 0 && isWanted(operation) {
            groups[Int(operation.key)].append(operation)
        }
        return groups
    }

    /// For each invalidation, the applications that it caused in other instances. O(n).
    func applicationsByCause() -> [Int64: [Operation]] {
        var applications: [Int64: [Operation]] = [:]
        for operation in operations where operation.kind == .apply { applications[operation.cause, default: []].append(operation) }
        return applications
    }
}

extension Operation {
    /// Whether it gives its key a new version.
    var isWrite: Bool { kind == .write || kind == .delete }
    /// A read whose answer is known.
    var isAnsweredRead: Bool { kind == .read && outcome == .ok }
    /// Whether it ended before the other one started. Intervals are closed: touching is concurrent.
    func isBefore(_ other: Operation) -> Bool { end < other.start }
}

import History

/// Versions that were read although no known write has them, and the writes of unknown outcome and unknown version that
/// may have written them.
///
/// Such a write may have written version v if it began before any operation had ended that saw v or a higher version. That
/// deadline grows with v, so giving the earliest write to the lowest version, and so on upwards, explains all of them if
/// anything does. O(n log n), and only where there are such versions.
struct Attribution {
    private let operations: [Operation]
    private let writes: WrittenVersions
    /// The read of each unexplained version that ended first.
    private var firstReads: [Int64: Int32] = [:]
    /// How many unknown writes began early enough, for each unexplained version.
    private var candidates: [Int64: [Int32]] = [:]
    /// The versions that nothing explains.
    private(set) var unexplained: Set<Int64> = []

    init(operations: [Operation], positions: ArraySlice<Int32>, strange: [Int32], writes: WrittenVersions) {
        self.operations = operations
        self.writes = writes
        for position in strange {
            let operation = operations[Int(position)]
            if let known = firstReads[operation.version], operations[Int(known)].end <= operation.end { continue }
            firstReads[operation.version] = position
        }
        // Every operation that shows a version to have been written, highest first.
        var witnesses: [(version: Int64, end: Int64)] = []
        for position in positions {
            let operation = operations[Int(position)]
            if operation.kind == .read || operation.outcome == .ok {
                witnesses.append((operation.version, operation.end))
            }
        }
        witnesses.sort { $0.version > $1.version }
        var deadlines: [Int64: Int64] = [:]
        var deadline = Operation.never
        var next = 0
        for version in firstReads.keys.sorted(by: >) {
            while next < witnesses.count && witnesses[next].version >= version {
                deadline = min(deadline, witnesses[next].end)
                next += 1
            }
            deadlines[version] = deadline
        }
        var used: [Int32] = []
        for version in firstReads.keys.sorted() {
            let candidate = used.count < writes.anonymous.count ? writes.anonymous[used.count] : nil
            if let candidate, operations[Int(candidate)].start <= deadlines[version]! {
                used.append(candidate)
            } else {
                unexplained.insert(version)
                candidates[version] = used
            }
        }
    }

    func report(_ findings: inout Findings) {
        for version in unexplained.sorted() {
            findings.addUnwritten(
                operations[Int(firstReads[version]!)], failed: writes.failed[version].map { operations[Int($0)] },
                others: candidates[version]!.count, isOver: true)
        }
    }
}

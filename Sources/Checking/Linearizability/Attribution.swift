import History

/// Versions that were read although no known write has them, and the writes of unknown outcome and unknown version that
/// may have written them.
///
/// Such a write may have written version v if no operation precedes it that saw v or a higher version. So each has a
/// lowest version that it can explain. Giving the write with the lowest one to the lowest version, and so on upwards,
/// explains all of them if anything does. O(n log n), and only where there are such versions.
struct Attribution {
    private let operations: [Operation]
    private let writes: WrittenVersions
    /// The read of each unexplained version that ended first.
    private var firstReads: [Int64: Int32] = [:]
    /// How many unknown writes began early enough, for each unexplained version.
    private var candidates: [Int64: Int] = [:]
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
        let anonymous = Self.byHighestSeen(writes.anonymous, positions, operations)
        var used = 0
        for version in firstReads.keys.sorted() {
            if used < anonymous.count, anonymous[used] < version {
                used += 1
            } else {
                unexplained.insert(version)
                candidates[version] = used
            }
        }
    }

    /// For each of the writes the highest version that was seen before it, ascending.
    private static func byHighestSeen(
        _ anonymous: [Int32], _ positions: ArraySlice<Int32>, _ operations: [Operation]
    ) -> [Int64] {
        // Every operation that shows a version to have been written.
        var ends: [(end: Int64, position: Int32)] = []
        for position in positions {
            let operation = operations[Int(position)]
            guard operation.kind == .read || operation.outcome == .ok, operation.end != Operation.never else {
                continue
            }
            ends.append((operation.end, position))
        }
        ends.sort { $0.end < $1.end }
        var session = SessionEnds()
        var result: [Int64] = []
        var highest: Int64 = 0
        var ended = 0
        for write in anonymous {
            let start = operations[Int(write)].start
            while ended < ends.count, ends[ended].end < start {
                highest = max(highest, operations[Int(ends[ended].position)].version)
                ended += 1
            }
            var seen = highest
            if ended < ends.count, ends[ended].end == start {
                session.gather(ends[ended...], at: start, of: operations) {
                    UInt64(bitPattern: operations[Int($0)].version)
                }
                if let own = session.highest(before: operations[Int(write)]) {
                    seen = max(seen, Int64(bitPattern: own.rank))
                }
            }
            result.append(seen)
        }
        return result.sorted()
    }

    func report(_ findings: inout Findings) {
        for version in unexplained.sorted() {
            findings.addUnwritten(
                operations[Int(firstReads[version]!)], failed: writes.failed[version].map { operations[Int($0)] },
                others: candidates[version]!, isOver: true)
        }
    }
}

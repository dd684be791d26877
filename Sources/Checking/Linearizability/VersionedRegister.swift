import History

/// The reads and writes of one key whose writes have versions, and the judgement of them.
struct VersionedRegister {
    private let operations: [Operation]
    private let positions: ArraySlice<Int32>
    private var writes: WrittenVersions
    /// How many reads and writes were judged.
    private(set) var examined = 0
    /// How many of them were reads.
    private(set) var reads = 0

    init(operations: [Operation], positions: ArraySlice<Int32>) {
        self.operations = operations
        self.positions = positions
        writes = WrittenVersions(operations: operations, positions: positions)
    }

    mutating func judge(_ findings: inout Findings) {
        for (first, second) in writes.repeated {
            findings.addRepeatedVersion(operations[Int(first)], operations[Int(second)])
        }
        var strange: [Int32] = []
        for position in positions where operations[Int(position)].kind == .read {
            let version = operations[Int(position)].version
            reads += 1
            examined += 1
            if version != 0 && !writes.explain(version) { strange.append(position) }
        }
        var rejected: Set<Int64> = []
        if !strange.isEmpty {
            let attribution = Attribution(
                operations: operations, positions: positions, strange: strange, writes: writes)
            rejected = attribution.unexplained
            attribution.report(&findings)
        }
        sweep(without: rejected, &findings)
    }

    /// Goes through the operations in order of their starts, with the highest version that had been written or read by
    /// then at hand. The order of the versions is compared as `2v` for the write of v and `2v + 1` for a read of it, so one
    /// comparison covers every pair of kinds.
    private mutating func sweep(without rejected: Set<Int64>, _ findings: inout Findings) {
        var ends: [(end: Int64, position: Int32)] = []
        ends.reserveCapacity(positions.count)
        for position in positions where isJudged(position, without: rejected) {
            if operations[Int(position)].kind != .read { examined += 1 }
            let end = operations[Int(position)].settledEnd
            if end != Operation.never { ends.append((end, position)) }
        }
        ends.sort { $0.end < $1.end }
        var ended = 0
        var highest: (order: Int64, position: Int32) = (.min, -1)
        var highestWrite: (order: Int64, position: Int32) = (.min, -1)
        for position in positions where isJudged(position, without: rejected) {
            let start = operations[Int(position)].start
            while ended < ends.count && ends[ended].end < start {
                let earlier = ends[ended].position
                let order = order(of: earlier)
                if order > highest.order { highest = (order, earlier) }
                if order & 1 == 0 && order > highestWrite.order { highestWrite = (order, earlier) }
                ended += 1
            }
            let order = order(of: position)
            guard order < highest.order else { continue }
            // A finished write tells the story better than a finished read; either proves it.
            let earlier = order < highestWrite.order ? highestWrite.position : highest.position
            findings.addDisorder(operations[Int(earlier)], before: operations[Int(position)])
        }
    }

    private func order(of position: Int32) -> Int64 {
        let operation = operations[Int(position)]
        return operation.version &* 2 &+ (operation.kind == .read ? 1 : 0)
    }

    /// Reads whose version is explained, writes that happened, and unknown writes that somebody saw.
    private func isJudged(_ position: Int32, without rejected: Set<Int64>) -> Bool {
        let operation = operations[Int(position)]
        if operation.kind == .read { return rejected.isEmpty || !rejected.contains(operation.version) }
        switch operation.outcome {
        case .ok: return true
        case .failed: return false
        case .unknown: return writes.isSeen(position)
        }
    }
}

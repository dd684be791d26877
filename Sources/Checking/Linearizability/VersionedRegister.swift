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

    /// Judges one key. Its absent reads stand for the versions of tombstones.
    static func judged(
        _ operations: [Operation], _ positions: ArraySlice<Int32>, _ evidence: LabellingEvidence,
        _ findings: inout Findings
    ) -> VersionedRegister {
        guard evidence.hasAbsentReads else {
            var register = VersionedRegister(operations: operations, positions: positions)
            register.judge(&findings)
            return register
        }
        var absentReads = AbsentReads(positions.map { operations[Int($0)] })
        absentReads.resolve(&findings)
        let resolved = absentReads.operations
        var register = VersionedRegister(operations: resolved, positions: resolved.indices.map { Int32($0) }[...])
        register.judge(&findings)
        register.examined += absentReads.unexplained
        register.reads += absentReads.unexplained
        return register
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
    /// then at hand; one comparison of orders covers every pair of kinds.
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
        var highest: (order: UInt64, position: Int32) = (0, -1)
        var highestWrite: (order: UInt64, position: Int32) = (0, -1)
        var session = SessionEnds()
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
            if order < highest.order {
                // A finished write explains the violation better than a finished read. Either proves it.
                let earlier = order < highestWrite.order ? highestWrite.position : highest.position
                report(position, after: earlier, &findings)
            } else if ended < ends.count && ends[ended].end == start {
                session.gather(ends[ended...], at: start, of: operations, rank: self.order(of:))
                guard let earlier = session.highest(before: operations[Int(position)]), order < earlier.rank,
                    !hasTwin(position, session)
                else { continue }
                report(position, after: earlier.position, &findings)
            }
        }
    }

    private func report(_ position: Int32, after earlier: Int32, _ findings: inout Findings) {
        findings.addDisorder(operations[Int(earlier)], before: operations[Int(position)])
    }

    /// Whether, in place of an unknown write that comes too late in its session, another one may have been what was
    /// seen: one of the same version that began together with it. (Those that began later come too late if this one
    /// does.)
    private func hasTwin(_ position: Int32, _ session: SessionEnds) -> Bool {
        let write = operations[Int(position)]
        guard write.isWriting, write.outcome == .unknown else { return false }
        return writes.twins(of: write.version).contains {
            (session.highest(before: operations[Int($0)])?.rank ?? 0) <= write.versionOrder
        }
    }

    /// The place of an operation in the order of versions, where a read comes after the write of its version: `2v` for
    /// the write of version v, `2v + 1` for a read of it. All 64 bits are in use.
    private func order(of position: Int32) -> UInt64 { operations[Int(position)].versionOrder }

    /// Reads whose version is explained, writes that happened, and unknown writes whose version was read.
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

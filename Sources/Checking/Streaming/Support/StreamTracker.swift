import History

/// What every streaming check keeps: the place it has reached in the stream, the names and, for each key, how its reads
/// name their writes, how much of it was judged, and what was found.
///
/// Violations are kept key by key, because a key that turns out to have writes without versions is not judged at all,
/// and takes with it what was found before.
struct StreamTracker {
    private struct Record {
        var evidence = LabellingEvidence()
        var examined = 0
        /// Something was loaded from the origin, so that the cache is not the only store.
        var isLoaded = false
        /// Somebody compared and set, which is judged nowhere here.
        var hasComparisons = false
        /// A delete of unknown outcome and version began: it may have been what a read of nothing saw.
        var hasUnknownDelete = false
        /// The last end of a read of nothing that names no deletion.
        var lastEmptyRead: Int64?

        var isJudged: Bool { !hasComparisons && evidence.labelling == .versions }
    }

    var names: OperationNames
    private let limit: Int
    private var records: [Record] = []
    private var findings: [Int32: Findings] = [:]
    private var lastStart = Int64.min
    private var lastID = Int64.min
    private var failure: StreamError?
    /// What was found about reads that found nothing in a cache layer, until no more evictions can have come before
    /// them.
    private var held = ReleaseQueue<HeldFinding>()
    /// The layers from which anything was evicted.
    private var evicted: Set<Layer> = []
    /// How many such reads may have followed an eviction.
    private var undecided = 0
    /// How often a read that found nothing met a delete with an unknown version and an unknown outcome. Such a read may
    /// be excused, and is then not to count as examined: only the check of recorded histories can decide that.
    private var perhapsExcused = 0

    private struct HeldFinding: Sendable {
        let read: Operation
        let add: @Sendable (inout Findings) -> Void
    }

    init(_ names: OperationNames, keeping limit: Int) {
        self.names = names
        self.limit = limit
    }

    /// Lets the next operation in, if it can be the next one. O(1).
    mutating func admit(_ operation: Operation) throws(StreamError) {
        if failure == nil { failure = objection(to: operation) }
        if let failure { throw failure }
        if held.count > 0 { releaseHeld(before: operation.start) }
        switch operation.kind {
        case .evict where operation.outcome != .failed: evicted.insert(operation.layer)
        case .load where operation.key >= 0:
            makeRoom(for: Int(operation.key))
            records[Int(operation.key)].isLoaded = true
        default: break
        }
        lastStart = operation.start
        lastID = operation.id
    }

    private func objection(to operation: Operation) -> StreamError? {
        if (operation.start, operation.id) < (lastStart, lastID) {
            return .outOfOrder(
                operation: operation.id, start: operation.start, previous: lastID, previousStart: lastStart)
        }
        if operation.end < operation.start {
            return .endsBeforeItStarts(operation: operation.id, start: operation.start, end: operation.end)
        }
        if operation.key >= names.keys.count {
            return .unknownKey(operation: operation.id, key: operation.key, known: names.keys.count)
        }
        if operation.tagSet < 0 || operation.tagSet >= names.tagSets.count {
            return .unknownTagSet(operation: operation.id, tagSet: operation.tagSet, known: names.tagSets.count)
        }
        return nil
    }

    /// Takes note of how an operation of a key names its write.
    /// - Returns: whether the key is judged: no read or write of it was without a version so far.
    mutating func hasVersions(_ operation: Operation) -> Bool {
        let key = Int(operation.key)
        makeRoom(for: key)
        records[key].evidence.add(operation)
        guard records[key].isJudged else {
            findings[operation.key] = nil
            return false
        }
        return true
    }

    /// Takes note of what may excuse a read of nothing: a delete that may lie before it. For checks that judge such
    /// reads.
    mutating func noteEmptyReads(_ operation: Operation) {
        guard operation.isAbsentRead || (operation.mayDelete && operation.outcome == .unknown && operation.version == 0)
        else { return }
        let key = Int(operation.key)
        makeRoom(for: key)
        if operation.isAbsentRead {
            if records[key].hasUnknownDelete { perhapsExcused += 1 }
            records[key].lastEmptyRead = max(records[key].lastEmptyRead ?? .min, operation.end)
        } else {
            records[key].hasUnknownDelete = true
            if let end = records[key].lastEmptyRead, operation.start <= end { perhapsExcused += 1 }
        }
    }

    /// Whether a key that was met is judged.
    func isJudged(_ key: Int32) -> Bool { records[Int(key)].isJudged }

    /// Leaves a key out, whatever was found about it, because it has a compare-and-set.
    mutating func leaveOutComparison(_ key: Int32) {
        makeRoom(for: Int(key))
        records[Int(key)].hasComparisons = true
        findings[key] = nil
    }

    /// Counts operations of a key that were judged.
    mutating func countExamined(_ key: Int32, _ change: Int = 1) {
        makeRoom(for: Int(key))
        records[Int(key)].examined += change
    }

    private mutating func makeRoom(for key: Int) {
        while records.count <= key { records.append(Record()) }
    }

    /// Adds to what was found about a key.
    mutating func find(_ key: Int32, _ add: (inout Findings) -> Void) {
        add(&findings[key, default: Findings(names.history, keeping: limit)])
    }

    /// Adds to what was found about the key of an operation. If that is a read that found nothing, an eviction may
    /// excuse it; whether it does, only the check of recorded histories can decide that.
    mutating func find(_ operation: Operation, _ add: @escaping @Sendable (inout Findings) -> Void) {
        guard operation.findsNothing, operation.layer != .origin else { return find(operation.key, add) }
        held.insert(HeldFinding(read: operation, add: add), until: operation.end)
    }

    private mutating func releaseHeld(before time: Int64) {
        while let finding = held.next(before: time) { release(finding) }
    }

    private mutating func release(_ finding: HeldFinding) {
        let key = finding.read.key
        guard isJudged(key) else { return }
        if evicted.contains(finding.read.layer), !records[Int(key)].isLoaded {
            undecided += 1
        } else {
            find(key, finding.add)
        }
    }

    /// How many operations of judged keys were examined. O(keys).
    var examined: Int { records.reduce(0) { $0 + ($1.isJudged ? $1.examined : 0) } }

    /// The report of a check that is done.
    /// - Parameters:
    ///   - doubt: what could not be judged, besides keys without versions.
    ///   - nothing: what to say if nothing was examined.
    ///   - history: what the stream was, if it was recorded: the context of a violation is taken from it.
    mutating func report(check: String, doubt: String? = nil, nothing: String?, in history: History? = nil)
        -> CheckReport
    {
        let examined = examined
        while let finding = held.next() { release(finding) }
        let doubt =
            doubt
            ?? (undecided == 0
                ? nil
                : "\(undecided) read(s) found nothing where an eviction may have come before, which is not remembered")
            ?? (perhapsExcused == 0
                ? nil
                : "\(perhapsExcused) read(s) found nothing where a delete of unknown outcome may have come before")
        if let failure {
            // What is missing might explain what was found.
            return CheckReport(
                check: check, examined: examined, reason: "the stream is not a history, and was not judged: \(failure)")
        }
        var all = Findings(history ?? names.history, keeping: limit)
        for key in findings.keys.sorted() { all.absorb(findings[key]!) }
        let withoutVersions = records.count { $0.evidence.labelling != .versions }
        return all.report(
            check: check, examined: examined,
            reason: Labelling.reason(keysWithoutVersions: withoutVersions)
                ?? Labelling.reason(keysWithComparisons: records.count(where: \.hasComparisons)) ?? doubt ?? nothing)
    }
}

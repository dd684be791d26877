import History

/// No read is staler than a limit, judged while the history goes by.
///
/// The rule, and what a pass proves, are those of ``BoundedStaleness``, and so are verdict and count. The distribution
/// of the ages is not to be had this way: how old an arbitrarily old version is depends on when its successor was
/// written, and to know that for all of them is to remember the whole history. For the same reason a proof names the
/// newest version that was due, not the one that became due first, and says how long the read was late at least.
///
/// **Memory.** For each key one write; and the writes that are in flight or ended no longer ago than the limit. Writes
/// that failed, or whose outcome is unknown, cost nothing.
///
/// **Complexity.** O(log (those writes)) an operation.
public struct StreamingBoundedStaleness: StreamingCheck {
    /// The name of the check of recorded histories that asks the same question: `staleness`.
    public let name = "staleness"

    private let limit: Int64
    private var tracker: StreamTracker
    /// For each key, the write of the highest version that ended longer ago than the limit.
    private var due: [Operation?] = []
    /// Reads that found nothing, where it is not known what was deleted.
    private var undecided = 0
    private var recent = ReleaseQueue<Operation>()

    /// - Parameters:
    ///   - limit: the most that is allowed, in nanoseconds. A read exactly as stale as the limit is allowed.
    ///   - maximumViolations: how many violations are reported; all are counted. With 0 they are counted only.
    public init(names: OperationNames, limit: Int64, maximumViolations: Int = 10) {
        self.limit = max(0, limit)
        tracker = StreamTracker(names, keeping: maximumViolations)
    }

    /// The names of keys and sets of tags. Append to them before an operation refers to a new one.
    public var names: OperationNames {
        get { tracker.names }
        set { tracker.names = newValue }
    }

    /// How many operations, versions and marks are held now. O(keys).
    public var retained: Int { due.count { $0 != nil } + recent.count }

    /// Takes the next operation, in order of starts. O(log (those writes)) an operation.
    /// - Throws: ``StreamError`` if the operation cannot be the next one. The check then judges nothing more.
    public mutating func observe(_ operation: Operation) throws(StreamError) {
        try tracker.admit(operation)
        while let write = recent.next(before: operation.start) {
            let key = Int(write.key)
            if due[key] == nil || due[key]!.version < write.version { due[key] = write }
        }
        guard operation.key >= 0, operation.concernsRegister else { return }
        let key = Int(operation.key)
        while due.count <= key { due.append(nil) }
        guard tracker.hasVersions(operation) else { return }
        tracker.noteEmptyReads(operation)
        if operation.kind == .read {
            judge(operation, by: due[key])
        } else if operation.outcome == .ok {
            let end = operation.end.addingUpToNever(limit)
            if end != Operation.never { recent.insert(operation, until: end) }
        }
    }

    private mutating func judge(_ read: Operation, by newer: Operation?) {
        tracker.countExamined(read.key)
        guard let newer, read.version < newer.version else { return }
        if read.isAbsentRead {
            // It stands for the newest deletion; an older one that others made is not remembered.
            if !newer.mayDelete { undecided += 1 }
            return
        }
        let limit = limit
        tracker.find(read) { $0.addStaleRead(read, newer: newer, over: limit, lag: nil) }
    }

    /// Judges what is still in flight, and reports. Call it once, at the end of the stream.
    public mutating func finish() -> CheckReport {
        tracker.report(
            check: name,
            doubt: undecided == 0
                ? nil : "\(undecided) read(s) found nothing, and what was deleted is not remembered",
            nothing: tracker.examined == 0 ? "no read of a key with versions was examined" : nil)
    }
}

import History

/// Linearizability of a register whose writes have increasing versions, judged while the history goes by.
///
/// The rule, and what a pass proves, are those of ``LinearizableByVersions``, and so is the verdict. A version that is
/// read must have been written by then: once an operation that saw it or a higher one has ended, a write that begins
/// later is too late, so nothing has to wait for the end of the history. Violations are counted a little differently:
/// reads of a version that has long been replaced are counted one by one although it may have no write, as the
/// wrote it is forgotten.
///
/// **Memory.** For each key two operations (those that prove what is the highest version finished), the writes of that
/// version and higher ones that are in flight or of unknown outcome, and at most 128 versions; and the operations in
/// flight, of which a read that cannot change anything is left out. A write of unknown outcome or one that failed is
/// forgotten when a higher version has ended. A history that consists of nothing but unknown writes of rising versions,
/// none of which is ever read, keeps all of them, about 100 bytes each, as any may still be read. Unknown writes whose
/// unknown version are a number and cost nothing. An operation that never ends is not in flight.
///
/// Of the versions that only writes of unknown version explain, the 64 highest of a key are remembered. A write of
/// unknown outcome that names a lower one, and that began after higher ones had ended, leaves the verdict `unknown`.
///
/// **Complexity.** O(log (operations in flight) + log (unknown writes of the key)) an operation.
///
/// **Source.** As of ``LinearizableByVersions``.
public struct StreamingLinearizableByVersions: StreamingCheck {
    /// The name of the check of recorded histories that asks the same question: `linearizable-by-versions`.
    public let name = "linearizable-by-versions"

    private var tracker: StreamTracker
    private var registers: [RegisterFrontier] = []
    private var inFlight = ReleaseQueue<Operation>()
    private var instant = Instant()

    /// - Parameter maximumViolations: how many violations are reported; all are counted. With 0 they are counted only.
    public init(names: OperationNames, maximumViolations: Int = 10) {
        tracker = StreamTracker(names, keeping: maximumViolations)
    }

    /// The names of keys and sets of tags. Append to them before an operation refers to a new one.
    public var names: OperationNames {
        get { tracker.names }
        set { tracker.names = newValue }
    }

    /// How many operations, versions and marks are held now. O(keys).
    public var retained: Int { registers.reduce(inFlight.count + instant.count) { $0 + $1.retained } }

    /// Takes the next operation, in order of starts. O(log (operations in flight) + log (unknown writes of the key)) an
    /// operation.
    /// - Throws: ``StreamError`` if the operation cannot be the next one. The check then judges nothing more.
    public mutating func observe(_ operation: Operation) throws(StreamError) {
        try tracker.admit(operation)
        if instant.isOver(at: operation) { judgeInstant() }
        guard operation.key >= 0, operation.concernsRegister else { return }
        instant.add(operation)
    }

    private mutating func judgeInstant() {
        let operations = instant.release()
        guard let start = operations.first?.start else { return }
        while let ended = inFlight.next(before: start) { end(ended) }
        // Writes of unknown outcome that come too late in their session: others that begin now may be what was seen.
        var late: [(write: Operation, earlier: Operation)] = []
        for operation in operations {
            let key = Int(operation.key)
            while registers.count <= key { registers.append(RegisterFrontier()) }
            if operation.kind == .compareAndSet { tracker.leaveOutComparison(operation.key) }
            guard tracker.hasVersions(operation) else {
                registers[key] = RegisterFrontier()
                continue
            }
            tracker.noteEmptyReads(operation)
            let earlier = inFlight.nextTime == start ? previous(of: operation) : nil
            if let earlier, operation.isWriting, operation.outcome == .unknown,
                registers[key].isTooLate(operation, after: earlier)
            {
                late.append((operation, earlier))
            } else if registers[key].begin(operation, after: earlier, &tracker) {
                inFlight.insert(operation, until: operation.end)
            }
        }
        for (write, earlier) in late where tracker.isJudged(write.key) {
            registers[Int(write.key)].passOver(write, after: earlier, &tracker)
        }
    }

    /// What the same worker did with the key and ended when an operation begins: of the highest version.
    private func previous(of operation: Operation) -> Operation? {
        guard operation.worker >= 0 else { return nil }
        var highest: Operation?
        inFlight.forEachNext { other in
            guard other.worker == operation.worker, other.key == operation.key, other.precedes(operation),
                highest == nil || highest!.versionOrder < other.versionOrder
            else { return }
            highest = other
        }
        return highest
    }

    private mutating func end(_ operation: Operation) {
        guard tracker.isJudged(operation.key) else { return }
        registers[Int(operation.key)].end(operation, &tracker)
    }

    /// Judges what is still in flight, and reports. Call it once, at the end of the stream.
    public mutating func finish() -> CheckReport {
        judgeInstant()
        while let ended = inFlight.next() { end(ended) }
        var reads = 0
        var undecided = 0
        var emptyReads = 0
        for key in registers.indices where tracker.isJudged(Int32(key)) {
            registers[key].finish(&tracker)
            tracker.countExamined(Int32(key), registers[key].examined)
            reads += registers[key].reads
            undecided += registers[key].undecided
            emptyReads += registers[key].emptyReads
        }
        return tracker.report(
            check: name,
            doubt: undecided == 0
                ? emptyReads == 0
                    ? nil : "\(emptyReads) read(s) found nothing, and what was deleted is not remembered"
                : "\(undecided) write(s) of unknown outcome began after higher versions had ended, and it is no longer "
                    + "known whether theirs had been read",
            nothing: reads == 0 ? "no read of a key with versions was examined" : nil)
    }
}

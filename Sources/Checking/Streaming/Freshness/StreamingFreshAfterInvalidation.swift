import History

/// No stale read after an acknowledged invalidation, judged while the history goes by.
///
/// The rule, and what a pass proves, are those of ``FreshAfterInvalidation``, for keys and for tags, and so are verdict
/// and count. Beyond what that asks of a history, an `apply` must not end before the operation that it applies begins.
///
/// **Memory.** For each key, and each tag, the strongest promise to everyone and to each instance; for each key the
/// newest write, and those that were the newest when an invalidation of a tag began by which reads are still judged (at
/// most as many as there are tags times instances, and invalidations in flight); the writes, invalidations and
/// applications in flight. Operations of the scope `instance` are kept until every instance has applied them or
/// something stronger, at most ``maximumAwaited`` of them. Unknown and failed operations promise nothing and cost
/// nothing, however many there are.
///
/// An instance that was not named and appears late, or that falls behind by more than ``maximumAwaited``, may apply
/// something that is not remembered; if it then applies an operation that is not known, the verdict is `unknown`
/// instead of `pass`.
///
/// **Complexity.** O(log (operations in flight) + tags of the operation · instances) an operation.
public struct StreamingFreshAfterInvalidation: StreamingCheck {
    /// The name of the check of recorded histories that asks the same question: `fresh-after-invalidation`.
    public let name = "fresh-after-invalidation"

    /// How long after its end an announced operation must have been applied everywhere; `nil` for never. Nanoseconds.
    let grace: Int64?
    /// How many operations are kept, about 300 bytes each, that some instance has yet to apply.
    public let maximumAwaited: Int

    struct Key {
        var promises = CurrentPromises()
        var writes = NewestWrites()
    }

    enum Event {
        case write(Operation)
        case promise(Promise)
        case unknownApply(Operation)
    }

    var tracker: StreamTracker
    var keys: [Key] = []
    var tags: [CurrentPromises] = []
    var tagNumbers = TagNumbers()
    var awaited: AwaitedApplications
    var inFlight = ReleaseQueue<Event>()
    private var instant = Instant()
    /// Reads that found nothing, where it is not known what was deleted.
    private var emptyReads = 0
    /// When the last invalidation of a tag began.
    var lastThreshold = Int64.min

    /// - Parameters:
    ///   - instances: those that there are. Others are taken in when they appear.
    ///   - grace: how long after its end an announced operation must have been applied everywhere, in nanoseconds.
    ///   - maximumViolations: how many violations are reported; all are counted. With 0 they are counted only.
    public init(
        names: OperationNames, instances: Set<Int32> = [], grace: Int64? = nil, maximumAwaited: Int = 100_000,
        maximumViolations: Int = 10
    ) {
        self.grace = grace.map { max(0, $0) }
        tracker = StreamTracker(names, keeping: maximumViolations)
        self.maximumAwaited = maximumAwaited
        awaited = AwaitedApplications(instances: instances, limit: maximumAwaited)
    }

    /// The names of keys and sets of tags. Append to them before an operation refers to a new one.
    public var names: OperationNames {
        get { tracker.names }
        set { tracker.names = newValue }
    }

    /// How many operations, versions and marks are held now. O(keys).
    public var retained: Int {
        keys.reduce(inFlight.count + instant.count + awaited.retained) { $0 + $1.promises.retained + $1.writes.count }
            + tags.reduce(0) { $0 + $1.retained }
    }

    /// Takes the next operation, in order of starts. O(log (operations in flight) + tags of the operation · instances)
    /// an operation.
    /// - Throws: ``StreamError`` if the operation cannot be the next one. The check then judges nothing more.
    public mutating func observe(_ operation: Operation) throws(StreamError) {
        try tracker.admit(operation)
        if instant.isOver(at: operation) { judgeInstant() }
        awaited.meet(operation.instance)
        switch operation.kind {
        case .load, .fill, .inspect, .evict, .publish, .receive, .gauge: break
        default: instant.add(operation)
        }
    }

    private mutating func judgeInstant() {
        let operations = instant.release()
        guard let start = operations.first?.start else { return }
        while let event = inFlight.next(before: start) { take(event) }
        for operation in operations { begin(operation) }
    }

    private mutating func begin(_ operation: Operation) {
        switch operation.kind {
        case .read, .write, .delete, .invalidate:
            guard operation.key >= 0, operation.kind == .invalidate || operation.concernsRegister else { return }
            let key = Int(operation.key)
            while keys.count <= key { keys.append(Key()) }
            guard tracker.hasVersions(operation) else {
                leaveOut(key)
                return
            }
            tracker.noteEmptyReads(operation)
            if operation.kind == .read { judge(operation) } else { promise(operation) }
        case .invalidateTag: promiseForTags(operation)
        case .apply: apply(operation)
        default: break
        }
    }

    /// Judges what is still in flight, and reports. Call it once, at the end of the stream.
    public mutating func finish() -> CheckReport {
        judgeInstant()
        return tracker.report(
            check: name,
            doubt: awaited.undecided == 0
                ? emptyReads == 0
                    ? nil : "\(emptyReads) read(s) found nothing, and what was deleted is not remembered"
                : "instances that appeared late, or had fallen behind, applied \(awaited.undecided) operation(s) that "
                    + "are not remembered",
            nothing: tracker.examined == 0
                ? "no read began after an acknowledged invalidation or write of its key or tags" : nil)
    }

    private mutating func judge(_ read: Operation) {
        let key = Int(read.key)
        var promise = keys[key].promises.strongest(for: read.instance)
        let session = promisesOfSession(read)
        for other in session where other.raiser.key == read.key && other.raiser.kind != .invalidateTag {
            if promise == nil || other.threshold > promise!.threshold { promise = other }
        }
        var watermark = promise?.threshold
        var write = promise?.write
        if read.tagSet != 0 {
            for other in tagPromises(of: read, session) {
                guard let newest = keys[key].writes.newest(before: other.raiser), newest.version > watermark ?? 0 else {
                    continue
                }
                promise = other
                watermark = newest.version
                write = newest
            }
        }
        guard let promise, let watermark else { return }
        tracker.countExamined(read.key)
        guard read.version < watermark else { return }
        if read.isAbsentRead {
            // An older deletion, or one that others made since, is not remembered.
            if !(write ?? promise.raiser).mayDelete { emptyReads += 1 }
            return
        }
        let newest = write
        tracker.find(read) {
            $0.addStaleRead(
                read, watermark: watermark, raiser: promise.raiser, write: newest, apply: promise.apply,
                since: promise.since)
        }
    }

    /// The strongest promises for the tags of a read.
    private mutating func tagPromises(of read: Operation, _ session: [Promise]) -> [Promise] {
        var promises: [Promise] = []
        let carried = tagNumbers.tags(of: read.tagSet, names)
        for tag in carried where tag < tags.count {
            if let promise = tags[tag].strongest(for: read.instance) { promises.append(promise) }
        }
        for promise in session where promise.raiser.kind == .invalidateTag {
            if !tagNumbers.tags(of: promise.raiser.tagSet, names).allSatisfy({ !carried.contains($0) }) {
                promises.append(promise)
            }
        }
        return promises
    }
}

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
    public let name = "fresh-after-invalidation"

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

    var ledger: StreamLedger
    var keys: [Key] = []
    var tags: [CurrentPromises] = []
    var tagNumbers = TagNumbers()
    var awaited: AwaitedApplications
    var inFlight = ReleaseQueue<Event>()
    /// When the last invalidation of a tag began.
    var lastThreshold = Int64.min

    /// - Parameters:
    ///   - instances: those that there are. Others are taken in when they appear.
    ///   - maximumViolations: how many violations are reported; all are counted. With 0 they are counted only.
    public init(
        names: OperationNames, instances: Set<Int32> = [], maximumAwaited: Int = 100_000, maximumViolations: Int = 10
    ) {
        ledger = StreamLedger(names, keeping: maximumViolations)
        self.maximumAwaited = maximumAwaited
        awaited = AwaitedApplications(instances: instances, limit: maximumAwaited)
    }

    public var names: OperationNames {
        get { ledger.names }
        set { ledger.names = newValue }
    }

    public var retained: Int {
        keys.reduce(inFlight.count + awaited.retained) { $0 + $1.promises.retained + $1.writes.count }
            + tags.reduce(0) { $0 + $1.retained }
    }

    public mutating func observe(_ operation: Operation) throws(StreamError) {
        try ledger.admit(operation)
        while let event = inFlight.next(before: operation.start) { take(event) }
        awaited.meet(operation.instance)
        switch operation.kind {
        case .read, .write, .delete, .invalidate:
            guard operation.key >= 0, operation.kind == .invalidate || operation.concernsRegister else { return }
            let key = Int(operation.key)
            while keys.count <= key { keys.append(Key()) }
            guard ledger.hasVersions(operation) else {
                leaveOut(key)
                return
            }
            if operation.kind == .read { judge(operation) } else { promise(operation) }
        case .invalidateTag: promiseForTags(operation)
        case .apply: apply(operation)
        default: break
        }
    }

    public mutating func finish() -> CheckReport {
        ledger.report(
            check: name,
            doubt: awaited.undecided == 0
                ? nil
                : "instances that appeared late, or had fallen behind, applied \(awaited.undecided) operation(s) that "
                    + "are not remembered",
            nothing: ledger.examined == 0
                ? "no read began after an acknowledged invalidation or write of its key or tags" : nil)
    }

    private mutating func judge(_ read: Operation) {
        let key = Int(read.key)
        var promise = keys[key].promises.strongest(for: read.instance)
        var floor = promise?.threshold
        var write = promise?.write
        if read.tagSet != 0, let other = strongestForTags(of: read),
            let newest = keys[key].writes.newest(before: other.threshold), newest.version > floor ?? 0
        {
            promise = other
            floor = newest.version
            write = newest
        }
        guard let promise, let floor else { return }
        ledger.countExamined(read.key)
        guard read.version < floor else { return }
        ledger.find(read.key) {
            $0.addStaleRead(
                read, floor: floor, raiser: promise.raiser, write: write, apply: promise.apply, since: promise.since)
        }
    }

    private mutating func strongestForTags(of read: Operation) -> Promise? {
        var strongest: Promise?
        for tag in tagNumbers.tags(of: read.tagSet, names) where tag < tags.count {
            guard let promise = tags[tag].strongest(for: read.instance) else { continue }
            if strongest == nil || promise.threshold > strongest!.threshold { strongest = promise }
        }
        return strongest
    }
}

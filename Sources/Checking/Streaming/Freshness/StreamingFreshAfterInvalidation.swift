import History

/// No stale read after an acknowledged invalidation, judged while the history goes by.
///
/// The rule, and what a pass proves, are those of ``FreshAfterInvalidation``, for keys and for tags, and so are verdict and
/// count. Beyond what that asks of a history, an `apply` must not end before the operation that it applies begins.
///
/// **Memory.** For each key, and each tag, the strongest promise to everyone and to each instance; for each key the newest
/// write, and those that were the newest when an invalidation of a tag began by which reads are still judged (at most as
/// many as there are tags times instances, and invalidations in flight); the writes, invalidations and applications in
/// flight. Operations of the scope `instance` are kept until every instance has applied them or something stronger, at most
/// ``maximumAwaited`` of them. Unknown and failed operations promise nothing and cost nothing, however many there are.
///
/// An instance that was not named and appears late, or that falls behind by more than ``maximumAwaited``, may apply something
/// that is not remembered; if it then applies an operation that is not known, the verdict is `unknown` instead of `pass`.
///
/// **Complexity.** O(log (operations in flight) + tags of the operation · instances) an operation.
public struct StreamingFreshAfterInvalidation: StreamingCheck {
    public let name = "fresh-after-invalidation"

    /// How many operations are kept, about 300 bytes each, that some instance has yet to apply.
    public let maximumAwaited: Int

    private struct Key {
        var promises = CurrentPromises()
        var writes = NewestWrites()
    }

    private enum Event {
        case write(Operation)
        case promise(Promise)
        case unknownApply(Operation)
    }

    private var ledger: StreamLedger
    private var keys: [Key] = []
    private var tags: [CurrentPromises] = []
    private var tagNumbers = TagNumbers()
    private var awaited: AwaitedApplications
    private var inFlight = ReleaseQueue<Event>()
    /// When the last invalidation of a tag began.
    private var lastThreshold = Int64.min

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
                : "instances that appeared late, or had fallen behind, applied \(awaited.undecided) operation(s) that are not "
                    + "remembered",
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

// What is promised, and when it holds.
extension StreamingFreshAfterInvalidation {
    /// A write, delete or invalidation of a key begins.
    private mutating func promise(_ operation: Operation) {
        guard operation.outcome == .ok else { return }
        var write: Operation?
        if operation.isWriting {
            if operation.end != Operation.never { inFlight.insert(.write(operation), until: operation.end) }
        } else {
            write = keys[Int(operation.key)].writes.newest(before: operation.start)
            if write == nil { return }
        }
        raise(by: operation, write: write, threshold: (write ?? operation).version, places: 1)
    }

    /// An invalidation of tags begins. Its threshold is its start: what was finished before is too old.
    private mutating func promiseForTags(_ operation: Operation) {
        guard operation.outcome == .ok, operation.scope != .none else { return }
        let places = tagNumbers.tags(of: operation.tagSet, names).count
        guard places > 0 else { return }
        while tags.count < tagNumbers.count { tags.append(CurrentPromises()) }
        lastThreshold = operation.start
        raise(by: operation, write: nil, threshold: operation.start, places: places)
    }

    private mutating func raise(by operation: Operation, write: Operation?, threshold: Int64, places: Int) {
        guard operation.scope != .none else { return }
        let reader = operation.scope == .cluster ? nil : operation.instance
        if operation.end != Operation.never {
            let promise = Promise(
                by: operation, write: write, reader: reader, since: operation.end, threshold: threshold)
            inFlight.insert(.promise(promise), until: operation.end)
        }
        guard operation.scope == .instance else { return }
        let raiser = AwaitedApplications.Raiser(
            operation: operation, write: write, threshold: threshold, places: places)
        forEachPlace(of: operation) { $0.await(operation.id, threshold) }
        let (early, displaced) = awaited.insert(raiser)
        for apply in early { hold(apply, of: raiser) }
        if let displaced { forget(displaced) }
    }

    private mutating func apply(_ apply: Operation) {
        guard apply.outcome == .ok, apply.cause != 0, apply.end != Operation.never else { return }
        if let raiser = awaited.cause(of: apply) {
            hold(apply, of: raiser)
        } else {
            inFlight.insert(.unknownApply(apply), until: apply.end)
        }
    }

    private mutating func hold(_ apply: Operation, of raiser: AwaitedApplications.Raiser) {
        guard apply.instance != raiser.operation.instance else { return }
        let promise = Promise(
            by: raiser.operation, write: raiser.write, apply: apply, reader: apply.instance, since: apply.end,
            threshold: raiser.threshold)
        inFlight.insert(.promise(promise), until: apply.end)
    }

    /// Something has ended.
    private mutating func take(_ event: Event) {
        switch event {
        case .unknownApply(let apply): awaited.giveUp(apply)
        case .write(let write):
            guard ledger.isJudged(write.key) else { return }
            keys[Int(write.key)].writes.end(write, lastThreshold: lastThreshold) { [tags, inFlight] in
                Self.thresholds(tags, inFlight)
            }
        case .promise(let promise):
            if promise.raiser.kind != .invalidateTag, !ledger.isJudged(promise.raiser.key) { return }
            let instances = awaited.instances
            var settled: [Int64] = []
            forEachPlace(of: promise.raiser) {
                $0.raise(promise)
                settled += $0.removeSettled(instances)
            }
            for id in settled { awaited.release(id) }
        }
    }

    /// When those invalidations of tags began by which reads may yet be judged.
    private static func thresholds(_ tags: [CurrentPromises], _ inFlight: ReleaseQueue<Event>) -> [Int64] {
        let pending = inFlight.waiting.compactMap { event -> Int64? in
            guard case .promise(let promise) = event, promise.raiser.kind == .invalidateTag else { return nil }
            return promise.threshold
        }
        return (tags.flatMap(\.thresholds) + pending).sorted()
    }

    /// There is no room for an operation that some instances have not applied.
    private mutating func forget(_ raiser: AwaitedApplications.Raiser) {
        let instances = awaited.instances
        var behind: [Int32] = []
        forEachPlace(of: raiser.operation) { place in
            place.stopAwaiting(raiser.operation.id)
            behind += instances.filter { place.isBehind($0, raiser.threshold) }
        }
        for instance in behind { awaited.outpace(instance) }
    }

    /// A key turned out to have writes without versions.
    private mutating func leaveOut(_ key: Int) {
        for (id, _) in keys[key].promises.awaited { awaited.release(id) }
        keys[key] = Key()
    }

    /// The promises that an operation may change: of its key or of each of its tags.
    private mutating func forEachPlace(of operation: Operation, _ body: (inout CurrentPromises) -> Void) {
        guard operation.kind == .invalidateTag else {
            body(&keys[Int(operation.key)].promises)
            return
        }
        for tag in tagNumbers.tags(of: operation.tagSet, names) { body(&tags[tag]) }
    }
}

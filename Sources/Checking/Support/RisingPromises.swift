import History

/// The strongest promise of several at each time: thresholds that only rise, found by time in O(log n).
struct RisingPromises {
    /// What is promised. The caller decides to which readers it applies.
    struct Step {
        /// For readers that start after this time.
        let since: Int64
        /// The threshold; higher is stronger.
        let threshold: Int64
        /// The operation that promises, and the `apply` it took.
        let operation: Int32
        let apply: Int32?
        /// It holds because time has passed, so that it says nothing about sessions.
        let isOverdue: Bool

        init(_ promise: Acknowledgements.Promise, of operation: Int32, threshold: Int64) {
            since = promise.since
            self.threshold = threshold
            self.operation = operation
            apply = promise.apply
            isOverdue = promise.isOverdue
        }
    }

    private var steps: [Step] = []
    private var isSorted = true

    mutating func append(_ step: Step) {
        steps.append(step)
        isSorted = false
    }

    /// To be called once, when all are there. O(n log n).
    mutating func sort() {
        steps.sort { ($0.since, $0.threshold) < ($1.since, $1.threshold) }
        var strongest: [Step] = []
        strongest.reserveCapacity(steps.count)
        // Of equal ones all are kept: which of them a reader follows, or what they follow, may depend on the session.
        for step in steps {
            if let last = strongest.last, last.threshold > step.threshold { continue }
            strongest.append(step)
        }
        steps = strongest
        isSorted = true
    }

    /// The strongest step that a reader may rely on: one that was certain before it began. O(log n), but for those that
    /// became certain at the moment at which it began.
    func strongest(before reader: Operation, of operations: [Operation]) -> Step? {
        let certain = count(before: reader.start)
        guard reader.worker >= 0, certain < steps.count, steps[certain].since == reader.start else {
            return certain == 0 ? nil : steps[certain - 1]
        }
        for step in steps[certain...].prefix(while: { $0.since == reader.start }).reversed()
        where holds(step, before: reader, of: operations) {
            return step
        }
        return certain == 0 ? nil : steps[certain - 1]
    }

    /// All steps of this threshold that a reader may rely on, where it is the strongest.
    func all(of threshold: Int64, before reader: Operation, in operations: [Operation]) -> [Step] {
        let certain = count(before: reader.start)
        let touching = steps[certain...].prefix(while: { $0.since == reader.start }).filter {
            $0.threshold == threshold && holds($0, before: reader, of: operations)
        }
        return touching + steps[..<certain].reversed().prefix { $0.threshold == threshold }
    }

    private func holds(_ step: Step, before reader: Operation, of operations: [Operation]) -> Bool {
        !step.isOverdue && operations[Int(step.apply ?? step.operation)].precedes(reader)
    }

    /// How many were certain before this time.
    private func count(before time: Int64) -> Int {
        precondition(isSorted)
        return steps.countOfPrefix { $0.since < time }
    }
}

/// Promises of one key or tag, for everyone and for single instances.
struct PromisesByReader {
    private var everyone = RisingPromises()
    /// The instances that have promises of their own, in a list that is searched: there are few, and reads ask often.
    private var readers: [Int32] = []
    private var single: [RisingPromises] = []

    mutating func append(_ step: RisingPromises.Step, for reader: Int32?) {
        guard let reader else { return everyone.append(step) }
        let place = readers.firstIndex(of: reader) ?? readers.count
        if place == readers.count {
            readers.append(reader)
            single.append(RisingPromises())
        }
        single[place].append(step)
    }

    mutating func sort() {
        everyone.sort()
        for place in single.indices { single[place].sort() }
    }

    /// The strongest promise that a reader may rely on.
    func strongest(before reader: Operation, of operations: [Operation]) -> RisingPromises.Step? {
        let own = readers.firstIndex(of: reader.instance).flatMap {
            single[$0].strongest(before: reader, of: operations)
        }
        guard let shared = everyone.strongest(before: reader, of: operations) else { return own }
        guard let own, own.threshold > shared.threshold else { return shared }
        return own
    }

    /// All promises of this threshold that a reader may rely on, where it is the strongest.
    func all(of threshold: Int64, before reader: Operation, in operations: [Operation]) -> [RisingPromises.Step] {
        let own = readers.firstIndex(of: reader.instance).map {
            single[$0].all(of: threshold, before: reader, in: operations)
        }
        return everyone.all(of: threshold, before: reader, in: operations) + (own ?? [])
    }
}

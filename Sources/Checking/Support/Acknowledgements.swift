import History

/// From when on the effect of a write or an invalidation may be relied upon, and by which readers.
///
/// With the scope `cluster` by everyone, from its end. With the scope `instance` by its own instance from its end, and by
/// another one from the end of the first `apply` of it there. With the scope `none` by nobody. Operations that failed, or
/// whose outcome is unknown, promise nothing.
struct Acknowledgements {
    /// One promise.
    struct Promise {
        /// The instance that may rely on it; `nil` for all of them.
        let reader: Int32?
        /// Readers that start after this time.
        let since: Int64
        /// The `apply` that made it true, if it took one.
        let apply: Int32?
    }

    private struct Application {
        let cause: Int64
        let position: Int32
    }

    /// In order of their causes; those of one cause in order of their starts.
    private var applies: [Application] = []
    private let operations: [Operation]

    /// O(n + a log a) for a operations `apply`.
    init(_ operations: [Operation]) {
        self.operations = operations
        for (position, operation) in operations.enumerated()
        where operation.kind == .apply && operation.outcome == .ok && operation.cause != 0 {
            applies.append(Application(cause: operation.cause, position: Int32(truncatingIfNeeded: position)))
        }
        applies.sort { ($0.cause, $0.position) < ($1.cause, $1.position) }
    }

    /// Where the first `apply` stands whose cause is this or a greater one. O(log a).
    private func firstApply(of cause: Int64) -> Int {
        var low = 0
        var high = applies.count
        while low < high {
            let middle = (low + high) / 2
            if applies[middle].cause < cause { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// What an operation promises.
    func promises(of operation: Operation) -> [Promise] {
        guard operation.outcome == .ok else { return [] }
        switch operation.scope {
        case .none: return []
        case .cluster: return [Promise(reader: nil, since: operation.end, apply: nil)]
        case .instance: break
        }
        var promises = [Promise(reader: operation.instance, since: operation.end, apply: nil)]
        var index = firstApply(of: operation.id)
        while index < applies.count, applies[index].cause == operation.id {
            let position = applies[index].position
            index += 1
            let apply = operations[Int(position)]
            guard apply.instance != operation.instance else { continue }
            let promise = Promise(reader: apply.instance, since: apply.end, apply: position)
            // There are few instances, and mostly one `apply` in each.
            if let known = promises.firstIndex(where: { $0.reader == apply.instance }) {
                if apply.end < promises[known].since { promises[known] = promise }
            } else {
                promises.append(promise)
            }
        }
        return promises
    }

    /// When an instance had certainly applied an operation; `nil` if it is not known to have.
    func settled(_ operation: Operation, at instance: Int32) -> Int64? {
        promises(of: operation).lazy.filter { $0.reader == nil || $0.reader == instance }.map(\.since).min()
    }
}

/// The strongest promise of several at each time: thresholds that only rise, found by time in O(log n).
struct RisingPromises {
    /// What is promised, to whom it applies being decided elsewhere.
    struct Step {
        /// For readers that start after this time.
        let since: Int64
        /// The threshold; higher is stronger.
        let threshold: Int64
        /// The operation that promises, and the `apply` it took.
        let operation: Int32
        let apply: Int32?
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
        for step in steps {
            if let last = strongest.last, last.threshold >= step.threshold { continue }
            strongest.append(step)
        }
        steps = strongest
        isSorted = true
    }

    /// The strongest step that was certain before this time. O(log n).
    func strongest(before time: Int64) -> Step? {
        precondition(isSorted)
        var low = 0
        var high = steps.count
        while low < high {
            let middle = (low + high) / 2
            if steps[middle].since < time { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : steps[low - 1]
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

    /// The strongest promise that a reader of this instance may rely on when it starts at this time.
    func strongest(for instance: Int32, before time: Int64) -> RisingPromises.Step? {
        let own = readers.firstIndex(of: instance).flatMap { single[$0].strongest(before: time) }
        guard let shared = everyone.strongest(before: time) else { return own }
        guard let own, own.threshold > shared.threshold else { return shared }
        return own
    }
}

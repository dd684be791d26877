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

    private var applies: [Int64: [Int32]] = [:]
    private let operations: [Operation]

    /// O(n).
    init(_ operations: [Operation]) {
        self.operations = operations
        for (position, operation) in operations.enumerated()
        where operation.kind == .apply && operation.outcome == .ok && operation.cause != 0 {
            applies[operation.cause, default: []].append(Int32(truncatingIfNeeded: position))
        }
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
        var first: [Int32: Int32] = [:]
        for position in applies[operation.id] ?? [] {
            let apply = operations[Int(position)]
            guard apply.instance != operation.instance else { continue }
            if let known = first[apply.instance], operations[Int(known)].end <= apply.end { continue }
            first[apply.instance] = position
        }
        for (instance, position) in first {
            promises.append(Promise(reader: instance, since: operations[Int(position)].end, apply: position))
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
    private var single: [Int32: RisingPromises] = [:]

    mutating func append(_ step: RisingPromises.Step, for reader: Int32?) {
        if let reader {
            single[reader, default: RisingPromises()].append(step)
        } else {
            everyone.append(step)
        }
    }

    mutating func sort() {
        everyone.sort()
        for reader in single.keys { single[reader]!.sort() }
    }

    /// The strongest promise that a reader of this instance may rely on when it starts at this time.
    func strongest(for instance: Int32, before time: Int64) -> RisingPromises.Step? {
        let own = single.isEmpty ? nil : single[instance]?.strongest(before: time)
        guard let shared = everyone.strongest(before: time) else { return own }
        guard let own, own.threshold > shared.threshold else { return shared }
        return own
    }
}

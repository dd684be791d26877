import History

/// From when on the effect of a write or an invalidation may be relied upon, and by which readers.
///
/// With the scope `cluster` by everyone, from its end. With the scope `instance` by its own instance from its end, and
/// by another one from the end of the first `apply` of it there; and by everyone once a grace is over, if there is one.
/// With the scope `none` it binds no reader. Operations that failed, or whose outcome is unknown, promise nothing.
struct Acknowledgements {
    /// One promise.
    struct Promise {
        /// The instance that may rely on it; `nil` for all of them.
        let reader: Int32?
        /// Readers that start after this time.
        let since: Int64
        /// The `apply` that made it true, if it took one.
        let apply: Int32?
        /// It holds because time has passed, and not because something ended.
        var isOverdue = false
    }

    private struct Application {
        let cause: Int64
        let position: Int32
    }

    /// In order of their causes; those of one cause in order of their starts.
    private var applies: [Application] = []
    private let operations: [Operation]
    private let grace: Int64?

    /// O(n + a log a) for a operations `apply`.
    /// - Parameter grace: how long after its end everyone must have applied an operation, in nanoseconds; `nil` for
    ///   never.
    init(_ operations: [Operation], grace: Int64?) {
        self.operations = operations
        self.grace = grace
        for (position, operation) in operations.enumerated()
        where operation.kind == .apply && operation.outcome == .ok && operation.cause != 0 {
            applies.append(Application(cause: operation.cause, position: Int32(truncatingIfNeeded: position)))
        }
        applies.sort { ($0.cause, $0.position) < ($1.cause, $1.position) }
    }

    /// Where the first `apply` stands whose cause is this or a greater one. O(log a).
    private func firstApply(of cause: Int64) -> Int {
        applies.countOfPrefix { $0.cause < cause }
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
            // Of those that end together all count: which of them a reader follows may depend on its session.
            guard let known = promises.firstIndex(where: { $0.reader == apply.instance }) else {
                promises.append(promise)
                continue
            }
            if apply.end < promises[known].since {
                promises.removeAll { $0.reader == apply.instance }
                promises.append(promise)
            } else if apply.end == promises[known].since, apply.worker >= 0 {
                promises.append(promise)
            }
        }
        if let grace {
            let since = operation.end.addingUpToNever(max(0, grace))
            promises.append(Promise(reader: nil, since: since, apply: nil, isOverdue: true))
        }
        return promises
    }

    /// When an instance had certainly applied an operation; `nil` if it is not known to have.
    func settled(_ operation: Operation, at instance: Int32) -> Int64? {
        promises(of: operation).lazy.filter { $0.reader == nil || $0.reader == instance }.map(\.since).min()
    }

    /// Whether an instance had certainly applied an operation before a later one of its own began.
    func holds(_ operation: Operation, before later: Operation) -> Bool {
        promises(of: operation).contains { promise in
            guard promise.reader == nil || promise.reader == later.instance else { return false }
            if promise.since < later.start { return true }
            guard promise.since == later.start, !promise.isOverdue else { return false }
            return (promise.apply.map { operations[Int($0)] } ?? operation).precedes(later)
        }
    }
}

import History

/// What operations of a timeline do, for people.
struct TimelineWords {
    private let history: History
    private let numbers: [Int64: Int]
    private let known: [Int64: Operation]

    init(_ history: History, _ operations: [Operation], proof: [Operation], causes: [Int64: Operation]) {
        self.history = history
        numbers = Dictionary(proof.enumerated().map { ($0.element.id, $0.offset + 1) }) { first, _ in first }
        known = causes.merging(operations.map { ($0.id, $0) }) { first, _ in first }
    }

    /// The number of an operation of the proof.
    func number(of operation: Operation) -> Int? { numbers[operation.id] }

    /// `reads "user:1" from L2: version 4`
    func deed(_ operation: Operation) -> String {
        let done: String =
            switch operation.kind {
            case .read: "reads \(key(operation)) from \(name(operation.layer)): \(content(operation))"
            case .write: "writes \(key(operation)): \(content(operation))"
            case .delete: "deletes \(key(operation)): \(content(operation))"
            case .compareAndSet: "replaces \(key(operation)): \(content(operation))"
            case .invalidate: "invalidates \(key(operation))"
            case .invalidateTag: "invalidates the tag \(tags(operation))"
            case .load: "loads \(content(operation)) from the origin"
            case .fill: "puts \(content(operation)) into \(name(operation.layer)), from \(name(operation.source))"
            case .apply: "applies \(cause(of: operation))"
            case .inspect: "is seen to hold, in \(name(operation.layer)): \(content(operation))"
            case .evict where operation.key < 0: "gives up all that it holds in \(name(operation.layer))"
            case .evict: "gives up \(key(operation)) in \(name(operation.layer))"
            case .publish: "publishes event \(operation.id)"
            case .receive: "receives \(cause(of: operation))"
            case .gauge: "uses \(operation.value) of \(key(operation))"
            }
        return done + outcome(of: operation)
    }

    /// Where it begins, if something happens before it ends.
    func begin(_ operation: Operation) -> String {
        switch operation.kind {
        case .read: "begins to read \(key(operation))"
        case .write: "begins to write \(key(operation))"
        case .delete: "begins to delete \(key(operation))"
        case .compareAndSet: "begins to replace \(key(operation))"
        case .invalidate: "begins to invalidate \(key(operation))"
        case .invalidateTag: "begins to invalidate the tag \(tags(operation))"
        case .load: "asks the origin for \(key(operation))"
        case .fill: "begins to put \(content(operation)) into \(name(operation.layer)), from \(name(operation.source))"
        default: "begins: \(deed(operation))"
        }
    }

    /// Where it ends, if something happened after it began.
    func end(_ operation: Operation) -> String {
        let done: String =
            switch operation.kind {
            case .read: "is given \(content(operation)) from \(name(operation.layer))"
            case .write: "has written \(content(operation))"
            case .delete: "has deleted it: \(content(operation))"
            case .compareAndSet: "has replaced it: \(content(operation))"
            case .invalidate, .invalidateTag: "has invalidated it"
            case .load: "is told \(content(operation)) by the origin"
            case .fill: "has put \(content(operation)) into \(name(operation.layer))"
            default: deed(operation)
            }
        return operation.kind.isTold ? done : done + outcome(of: operation)
    }

    private func outcome(of operation: Operation) -> String {
        switch operation.outcome {
        case .ok: ""
        case .failed where operation.isRefused && operation.kind == .compareAndSet:
            " (refused: something else was there)"
        case .failed where operation.isRefused: " (a value that no write gave it)"
        case .failed: " (failed)"
        case .unknown: " (outcome unknown)"
        }
    }

    private func name(_ layer: Layer) -> String { layer == .origin ? "the origin" : layer.name }

    private func key(_ operation: Operation) -> String {
        history.keys.indices.contains(Int(operation.key))
            ? "\"\(history.keys[Int(operation.key)].printable)\"" : "no key"
    }

    private func tags(_ operation: Operation) -> String {
        guard history.tagSets.indices.contains(Int(operation.tagSet)) else { return "of no name" }
        return history.tagSets[Int(operation.tagSet)].map { "\"\($0.printable)\"" }.joined(separator: ", ")
    }

    /// `operation 1` of the proof, or what it was.
    private func cause(of operation: Operation) -> String {
        if let number = numbers[operation.cause] { return "operation \(number)" }
        guard let cause = known[operation.cause] else { return "what was announced" }
        let who = cause.instance < 0 ? "the set-up" : "instance \(Int64(cause.instance) + 1)"
        return switch cause.kind {
        case .write, .delete, .compareAndSet:
            "the \(cause.kind == .delete ? "deletion" : "write") of "
                + "\(content(cause)) by \(who)"
        case .invalidateTag: "the invalidation of the tag \(tags(cause)) by \(who)"
        case .publish: "event \(cause.id) of \(who)"
        default: "the invalidation by \(who)"
        }
    }

    private func content(_ operation: Operation) -> String {
        switch LayerContent(operation) {
        case .nothing where operation.outcome != .ok: "an unknown version"
        case .nothing where operation.isAbsent: "nothing"
        case .nothing: "version 0"
        case let content: content.text
        }
    }
}

extension Operation.Kind {
    /// Its words tell the outcome themselves.
    fileprivate var isTold: Bool {
        switch self {
        case .apply, .evict, .inspect, .publish, .receive, .gauge: true
        default: false
        }
    }
}

import History

/// Formats what operations did: who, what, which version, where, and when relative to the first of them.
struct OperationFormatter: Sendable {
    private let history: History

    init(_ history: History) { self.history = history }

    /// One line for each operation of the proof, numbered, those of the context between them, and a conclusion. Times
    /// count from the start of the first operation of the proof.
    /// - Parameter causes: the operations that others of the context follow from, by id.
    func explanation(_ context: ViolationContext, conclusion: String, causes: [Int64: Operation]) -> String {
        let origin = context.proof.first?.start ?? 0
        var numbers: [Int64: Int] = [:]
        for (index, operation) in context.proof.enumerated() { numbers[operation.id] = index + 1 }
        let inOrder = (context.proof + context.operations).sorted {
            ($0.start, $0.end, $0.id) < ($1.start, $1.end, $1.id)
        }
        var lines: [String] = []
        for operation in inOrder {
            let mark = numbers[operation.id].map { "\($0)." } ?? " ·"
            lines.append("\(mark) \(interval(operation, since: origin)): \(sentence(operation, numbers, causes))")
        }
        if context.omitted > 0 {
            let plural = context.omitted == 1 ? "one more operation" : "\(context.omitted) more operations"
            lines.append(" · and \(plural) in between")
        }
        lines.append(conclusion)
        return lines.joined(separator: "\n")
    }

    /// `instance 0, worker 3 read "user:1" from L2: version 4`
    private func sentence(_ operation: Operation, _ numbers: [Int64: Int], _ causes: [Int64: Operation]) -> String {
        var text = "\(actor(operation)) "
        switch operation.kind {
        case .apply: text += "applied \(cause(of: operation, numbers, causes))"
        case .receive: text += "received \(cause(of: operation, numbers, causes))"
        default: text += description(operation)
        }
        switch operation.outcome {
        case .ok: break
        case .failed where operation.isRefused:
            text += isUnwritten(operation) ? "" : " (refused: something else was there)"
        case .failed: text += " (failed)"
        case .unknown: text += " (outcome unknown)"
        }
        return text
    }

    /// The name of an operation's key, in quotation marks.
    func key(_ operation: Operation) -> String {
        history.keyName(of: operation).map { "\"\($0.printable)\"" } ?? "no key"
    }

    /// The tags that an operation carries, in quotation marks.
    func tags(_ operation: Operation) -> String {
        history.tags(of: operation).map { "\"\($0.printable)\"" }.joined(separator: ", ")
    }

    /// `instance 1, worker 3`; an instance's own work names no worker.
    func actor(_ operation: Operation) -> String {
        operation.worker >= 0 ? "\(instance(operation)), worker \(operation.worker)" : instance(operation)
    }

    /// The instance of an operation, counted from 1 as in a scenario's file; histories count from 0.
    func instance(_ operation: Operation) -> String {
        operation.instance < 0 ? "the run's own set-up" : "instance \(Int64(operation.instance) + 1)"
    }

    /// `version 4`, `the tombstone of version 4`, `value 17`, `nothing`.
    func content(_ operation: Operation) -> String {
        if operation.isAbsent && operation.kind != .compareAndSet {
            return operation.kind == .read ? "nothing" : "no valid entry"
        }
        if operation.version > 0 {
            return operation.isTombstone
                ? "the tombstone of version \(operation.version)" : "version \(operation.version)"
        }
        if operation.value != 0 { return "value \(operation.value)" }
        switch operation.kind {
        case .delete: return "a version never learnt"
        case .write: return writesZero(to: operation.key) ? "value 0" : "a version never learnt"
        case .compareAndSet: return "value 0"
        case .read: return writesZero(to: operation.key) ? "value 0" : "nothing (version 0)"
        default: return "nothing (version 0)"
        }
    }

    /// Whether an operation wrote the value 0 to a key. O(n); only for operations that are reported.
    private func writesZero(to key: Int32) -> Bool {
        history.operations.contains {
            $0.key == key && ($0.kind == .write || $0.kind == .compareAndSet) && $0.outcome == .ok && $0.version == 0
                && $0.value == 0
        }
    }

    /// `operation 1` if it is part of the proof, else what it was: `the write of version 3 by instance 0, worker 2`.
    private func cause(of operation: Operation, _ numbers: [Int64: Int], _ causes: [Int64: Operation]) -> String {
        if let number = numbers[operation.cause] {
            return operation.kind == .receive
                ? "event \(operation.cause) of operation \(number)" : "operation \(number)"
        }
        guard let cause = causes[operation.cause] else {
            return operation.kind == .receive ? "event \(operation.cause)" : "operation id \(operation.cause)"
        }
        let what =
            switch cause.kind {
            case .write, .delete: "the \(cause.kind) of \(content(cause))"
            case .invalidateTag: "the invalidation of the tag \(tags(cause))"
            case .publish: "event \(cause.id)\(subject(cause))"
            default: "the invalidation"
            }
        return "\(what) by \(actor(cause))"
    }

    /// What an event is about, if the history says it: ` about "user:1"`.
    private func subject(_ event: Operation) -> String {
        if event.key >= 0 { return " about \(key(event))" }
        return event.tagSet == 0 ? "" : " about the tag \(tags(event))"
    }

    private func description(_ operation: Operation) -> String {
        let key = key(operation)
        let content = isUnwritten(operation) ? "a value that no write gave it" : content(operation)
        switch operation.kind {
        case .read: return "read \(key) from \(operation.layer.name): \(content)"
        case .write: return "wrote \(key): \(content)"
        case .delete: return "deleted \(key): \(content)"
        case .invalidate: return "invalidated \(key) (\(reach(operation)))"
        case .invalidateTag: return "invalidated the tag \(tags(operation)) (\(reach(operation)))"
        case .load: return "loaded \(key) from the origin: \(content)"
        case .fill: return "filled \(operation.layer.name) with \(key) from \(operation.source.name): \(content)"
        case .apply: return "applied an invalidation"
        case .inspect: return "was seen to hold, in \(operation.layer.name) under \(key): \(content)"
        case .evict: return "evicted \(key) from \(operation.layer.name)"
        case .publish: return "published event \(operation.id)\(subject(operation))"
        case .receive: return "received an event"
        case .gauge: return "used \(operation.value) of \(key)"
        case .compareAndSet: return "replaced \(expected(by: operation)) under \(key): \(content)"
        }
    }

    /// Whether it found a value that has no place among those of its key.
    private func isUnwritten(_ operation: Operation) -> Bool { WrittenValues.isBroken(by: operation) }

    /// What a compare-and-set was to replace.
    private func expected(by operation: Operation) -> String {
        if operation.isAbsent { return "nothing" }
        return "\(operation.version != 0 ? "version" : "value") \(operation.expected)"
    }

    private func reach(_ operation: Operation) -> String {
        switch operation.scope {
        case .none: "for nobody"
        case .instance: "for its own instance; for others once applied"
        case .cluster: "for every instance"
        }
    }

    private func interval(_ operation: Operation, since origin: Int64) -> String {
        let start = moment(operation.start, since: origin)
        guard operation.end != Operation.never else { return "\(start) … never" }
        guard operation.end != operation.start else { return start }
        return "\(start) … \(moment(operation.end, since: origin))"
    }

    private func moment(_ time: Int64, since origin: Int64) -> String {
        time < origin
            ? "-" + Duration.text(from: time, to: origin) : "+" + Duration.text(from: origin, to: time)
    }
}

extension Duration {
    /// Nanoseconds as people read them: `17 ns`, `1.25 µs`, `3 ms`, `2.5 s`. Exact to three decimals of the unit.
    static func text(_ nanoseconds: Int64) -> String {
        (nanoseconds < 0 ? "-" : "") + text(magnitude: nanoseconds.magnitude)
    }

    /// The time from one moment to another that is no earlier, which takes all 64 bits.
    static func text(from earlier: Int64, to later: Int64) -> String {
        text(magnitude: later.nanoseconds(since: earlier))
    }

    private static func text(magnitude: UInt64) -> String {
        let units: [(UInt64, String)] = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs")]
        for (size, name) in units where magnitude >= size {
            let whole = magnitude / size
            let thousandths = magnitude % size / (size / 1_000)
            if thousandths == 0 { return "\(whole) \(name)" }
            var decimals = String(thousandths + 1_000).dropFirst()
            while decimals.last == "0" { decimals.removeLast() }
            return "\(whole).\(decimals) \(name)"
        }
        return "\(magnitude) ns"
    }
}

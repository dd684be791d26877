import History

/// Tells people what operations did: who, what, which version, where, and when relative to the first of them.
struct Narrator: Sendable {
    private let history: History

    init(_ history: History) { self.history = history }

    /// One line for each operation, numbered, and a conclusion.
    func tell(_ operations: [Operation], conclusion: String) -> String {
        let origin = operations.first?.start ?? 0
        var lines: [String] = []
        for (number, operation) in operations.enumerated() {
            lines.append("\(number + 1). \(interval(operation, since: origin)): \(sentence(operation))")
        }
        lines.append(conclusion)
        return lines.joined(separator: "\n")
    }

    /// `instance 0, worker 3 read "user:1" from L2: version 4`
    func sentence(_ operation: Operation) -> String {
        var text = "\(actor(operation)) \(deed(operation))"
        switch operation.outcome {
        case .ok: break
        case .failed: text += " (failed)"
        case .unknown: text += " (outcome unknown)"
        }
        return text
    }

    /// The name of an operation's key, in quotation marks.
    func key(_ operation: Operation) -> String { history.keyName(of: operation).map { "\"\($0)\"" } ?? "no key" }

    /// The tags that an operation carries, in quotation marks.
    func tags(_ operation: Operation) -> String {
        history.tags(of: operation).map { "\"\($0)\"" }.joined(separator: ", ")
    }

    /// `instance 0, worker 3`; an instance's own work names no worker.
    func actor(_ operation: Operation) -> String {
        operation.worker >= 0
            ? "instance \(operation.instance), worker \(operation.worker)" : "instance \(operation.instance)"
    }

    /// `version 4`, `the tombstone of version 4`, `value 17`, `nothing`.
    func content(_ operation: Operation) -> String {
        if operation.isAbsent { return "no valid entry" }
        if operation.version > 0 {
            return operation.isTombstone
                ? "the tombstone of version \(operation.version)" : "version \(operation.version)"
        }
        if operation.value != 0 { return "value \(operation.value)" }
        switch operation.kind {
        case .write, .delete: return "a version never learnt"
        default: return "nothing (version 0)"
        }
    }

    private func deed(_ operation: Operation) -> String {
        let key = key(operation)
        let content = content(operation)
        switch operation.kind {
        case .read: return "read \(key) from \(operation.layer.name): \(content)"
        case .write: return "wrote \(key): \(content)"
        case .delete: return "deleted \(key): \(content)"
        case .invalidate: return "invalidated \(key) (\(reach(operation)))"
        case .invalidateTag: return "invalidated the tag \(tags(operation)) (\(reach(operation)))"
        case .load: return "loaded \(key) from the origin: \(content)"
        case .fill: return "filled \(operation.layer.name) with \(key) from \(operation.source.name): \(content)"
        case .apply: return "applied operation \(operation.cause)"
        case .inspect: return "was seen to hold, in \(operation.layer.name) under \(key): \(content)"
        case .evict: return "evicted \(key) from \(operation.layer.name)"
        case .publish: return "published event \(operation.id)"
        case .receive: return "received event \(operation.cause)"
        }
    }

    private func reach(_ operation: Operation) -> String {
        switch operation.scope {
        case .none: "for nobody"
        case .instance: "for its own instance; for others once applied"
        case .cluster: "for every instance"
        }
    }

    private func interval(_ operation: Operation, since origin: Int64) -> String {
        let start = Duration.text(operation.start.subtractingReportingOverflow(origin).partialValue)
        guard operation.end != Operation.never else { return "+\(start) … never" }
        guard operation.end != operation.start else { return "+\(start)" }
        return "+\(start) … +\(Duration.text(operation.end.subtractingReportingOverflow(origin).partialValue))"
    }
}

extension Duration {
    /// Nanoseconds as people read them: `17 ns`, `1.25 µs`, `3 ms`, `2.5 s`. Exact to three decimals of the unit.
    static func text(_ nanoseconds: Int64) -> String {
        let magnitude = nanoseconds.magnitude
        let units: [(UInt64, String)] = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs")]
        let sign = nanoseconds < 0 ? "-" : ""
        for (size, name) in units where magnitude >= size {
            let whole = magnitude / size
            let thousandths = magnitude % size / (size / 1_000)
            if thousandths == 0 { return "\(sign)\(whole) \(name)" }
            var decimals = String(thousandths + 1_000).dropFirst()
            while decimals.last == "0" { decimals.removeLast() }
            return "\(sign)\(whole).\(decimals) \(name)"
        }
        return "\(sign)\(magnitude) ns"
    }
}

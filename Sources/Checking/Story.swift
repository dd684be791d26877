import History

/// Tells operations one a line: when, who, what.
struct Story {
    let text: String

    init(_ operations: [Operation], _ history: History) {
        let zero = operations.first?.start ?? 0
        text = operations.map { operation in
            let end = operation.end == Operation.never ? "never" : Story.time(operation.end - zero)
            return "\(Story.time(operation.start - zero)) to \(end)  \(Story.actor(operation)): "
                + Story.deed(operation, history)
        }.joined(separator: "\n")
    }

    private static func actor(_ operation: Operation) -> String {
        if operation.instance < 0 { return "the first contents" }
        let instance = "instance \(operation.instance + 1)"
        return operation.worker < 0 ? instance : "worker \(operation.worker + 1) of \(instance)"
    }

    private static func deed(_ operation: Operation, _ history: History) -> String {
        let key = history.keyName(of: operation) ?? ""
        let tags = history.tags(of: operation).joined(separator: ", ")
        let version = versionText(operation)
        let outcome = operation.outcome == .ok ? "" : " (outcome \(operation.outcome))"
        switch operation.kind {
        case .read: return "read \(key), was given \(version) by \(operation.layer.name)" + outcome
        case .write: return "wrote \(key), \(version)" + outcome
        case .delete: return "deleted \(key), \(version)" + outcome
        case .invalidate: return "invalidated \(key)" + outcome
        case .invalidateTag: return "invalidated the tag \(tags)" + outcome
        case .load: return "loaded \(key) from the origin, \(version)" + outcome
        case .fill: return "filled \(operation.layer.name) with \(key), \(version), from \(operation.source.name)" + outcome
        case .apply: return "applied the invalidation of \(key.isEmpty ? "the tag " + tags : key)" + outcome
        case .inspect:
            return "\(operation.layer.name) was seen to hold \(operation.isAbsent ? "nothing for \(key)" : "\(key), \(version)")"
        case .evict: return "\(operation.layer.name) gave up \(key.isEmpty ? "everything" : "\(key), \(version)")"
        case .publish: return "published event \(operation.id)"
        case .receive: return "received event \(operation.cause)"
        }
    }

    private static func versionText(_ operation: Operation) -> String {
        if operation.version == 0 { return operation.value == 0 ? "nothing" : "value \(operation.value)" }
        return "version \(operation.version)" + (operation.isTombstone ? " (deleted)" : "")
    }

    /// Milliseconds with three digits: microseconds are what matters.
    static func time(_ nanoseconds: Int64) -> String {
        let microseconds = nanoseconds / 1000
        let fraction = String(abs(microseconds % 1000))
        let sign = nanoseconds < 0 ? "-" : "+"
        return "\(sign)\(abs(microseconds / 1000)).\(String(repeating: "0", count: 3 - fraction.count))\(fraction) ms"
    }
}

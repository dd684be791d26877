import History

/// How long it took until an invalidation was known everywhere.
public struct Propagation: Sendable {
    /// The write, deletion or invalidation.
    public let operation: Operation
    /// Nanoseconds from its start until the last instance had applied it; for the own instance, until it returned.
    public let duration: Int64

    /// All of those that succeeded, in the history's order. O(n).
    public static func all(in history: History) -> [Propagation] {
        var lastApplied: [Int64: Int64] = [:]
        for operation in history.operations where operation.kind == .apply {
            lastApplied[operation.cause] = max(lastApplied[operation.cause] ?? 0, operation.end)
        }
        return history.operations.compactMap { operation in
            guard operation.outcome == .ok, operation.scope != .none, operation.kind.raisesFloor else { return nil }
            let end = lastApplied[operation.id] ?? operation.end
            return Propagation(operation: operation, duration: end - operation.start)
        }
    }
}

extension Operation {
    /// Whether a client asked for it. The origin's first contents are no client's.
    public var isOfClient: Bool { instance >= 0 && kind.isOfClients }
}

extension Operation.Kind {
    /// Whether it is something that clients ask for.
    var isOfClients: Bool {
        switch self {
        case .read, .write, .delete, .invalidate, .invalidateTag: true
        default: false
        }
    }

    /// Whether it obliges caches to give something up.
    var raisesFloor: Bool { isOfClients && self != .read }
}

import History

/// Does each session see a world that only moves forward? A session is a worker.
///
/// The four guarantees of Terry et al. (PDIS 1994), for each session and key: *read your writes* (a read returns no less
/// than the session's own last write), *monotonic reads* (nor than its last read), *monotonic writes* (its writes get
/// rising versions), *writes follow reads* (a write gets a higher version than what the session had read).
///
/// A pass proves that no worker was thrown back behind what it had itself seen or done. It says nothing about what one
/// worker sees of another.
///
/// O(n).
public struct Sessions: Check {
    public let name = "sessions"

    public init() {}

    public func examine(_ history: History) -> CheckReport {
        struct Place: Hashable {
            let worker: Int32
            let key: Int32
        }
        struct HighWater {
            var read: Operation?
            var write: Operation?
        }
        var marks: [Place: HighWater] = [:]
        var examined = 0
        var violations: [Violation] = []
        func judge(_ earlier: Operation?, _ operation: Operation, isBroken: Bool, _ rule: String) {
            guard let earlier, earlier.isBefore(operation) else { return }
            if isBroken { violations.append(Violation(rule: rule, operations: [earlier, operation], in: history)) }
        }
        for operation in history.operations
        where operation.worker >= 0 && operation.key >= 0 && operation.outcome == .ok
            && (operation.kind == .read || operation.isWrite)
        {
            let place = Place(worker: operation.worker, key: operation.key)
            let mark = marks[place] ?? HighWater()
            if mark.read != nil || mark.write != nil { examined += 1 }
            if operation.kind == .read {
                judge(
                    mark.write, operation, isBroken: operation.version < mark.write?.version ?? 0,
                    "A session reads its own writes, or newer ones.")
                judge(
                    mark.read, operation, isBroken: operation.version < mark.read?.version ?? 0,
                    "A session's reads of a key never go back.")
                if operation.version >= mark.read?.version ?? 0 { marks[place, default: HighWater()].read = operation }
            } else {
                judge(
                    mark.write, operation, isBroken: operation.version <= mark.write?.version ?? 0,
                    "A session's writes of a key happen in the order in which it made them.")
                judge(
                    mark.read, operation, isBroken: operation.version <= mark.read?.version ?? 0,
                    "A session's write of a key happens after what the session had read of it.")
                if operation.version >= mark.write?.version ?? 0 { marks[place, default: HighWater()].write = operation }
            }
        }
        return CheckReport(
            check: name, examined: examined, violations: violations,
            whatIsMissing: "operation of a worker on a key that it had used before")
    }
}

import History

/// Is the origin spared: at most one load of a key under way at a time in each instance?
///
/// Two loads of one key by one instance that overlap are a violation (a *stampede*), unless a write, deletion or
/// invalidation was under way or ended between the start of the first and the start of the second: after that, the first
/// load's answer is not good enough for whoever asks.
///
/// A pass proves that no recorded loads overlapped without need. It does not prove that a load was needed at all.
///
/// O(n log n).
public struct SingleLoads: Check {
    public let name = "loads"

    public init() {}

    public func examine(_ history: History) -> CheckReport {
        var examined = 0
        var violations: [Violation] = []
        let tagChanges = history.operations.filter { $0.kind == .invalidateTag || ($0.kind == .apply && $0.key < 0) }
        let groups = history.operationsByKey {
            $0.kind == .load || $0.isWrite || $0.kind == .invalidate || $0.kind == .apply
        }
        for operations in groups {
            let changes = operations.filter { $0.kind != .load }
            var last: [Int32: Operation] = [:]
            for load in operations where load.kind == .load {
                examined += 1
                defer { if load.end > last[load.instance]?.end ?? Int64.min { last[load.instance] = load } }
                guard let other = last[load.instance], other.end > load.start else { continue }
                func justifies(_ change: Operation) -> Bool { change.end >= other.start && change.start <= load.start }
                if changes.contains(where: justifies) || tagChanges.contains(where: justifies) { continue }
                violations.append(
                    Violation(
                        rule: "An instance loads a key from the origin once, however many ask for it.",
                        operations: [other, load], in: history))
            }
        }
        return CheckReport(check: name, examined: examined, violations: violations, whatIsMissing: "load from the origin")
    }
}

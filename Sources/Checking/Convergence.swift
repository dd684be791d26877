import History

/// When all is quiet, does every layer of every instance agree with the origin?
///
/// Judged are the inspections of a key that started after the last write, deletion or invalidation of it had ended: an
/// entry that a layer would still serve must have the newest version. A layer without a valid entry agrees. If writes have
/// unknown outcomes, a version newer than the newest certain one is accepted too.
///
/// A pass proves that what was left in the layers that were looked at is what the origin has. It does not prove that
/// nobody read anything else before.
///
/// O(n).
public struct Convergence: Check {
    public let name = "convergence"

    public init() {}

    public func examine(_ history: History) -> CheckReport {
        var examined = 0
        var violations: [Violation] = []
        let groups = history.operationsByKey {
            $0.isWrite || $0.kind == .invalidate || $0.kind == .inspect
        }
        for operations in groups {
            let changes = operations.filter { $0.kind != .inspect && $0.outcome != .failed }
            let lastEnd = changes.lazy.map { $0.end == Operation.never ? $0.start : $0.end }.max() ?? Int64.min
            let newest = changes.filter { $0.isWrite && $0.outcome == .ok }.max { $0.version < $1.version }
            let hasUnknown = changes.contains { $0.isWrite && $0.outcome == .unknown }
            for look in operations where look.kind == .inspect && look.layer != .origin && look.start > lastEnd {
                examined += 1
                let version = newest?.version ?? 0
                if look.isAbsent || look.version == version || (hasUnknown && look.version > version) { continue }
                violations.append(
                    Violation(
                        rule: "When all is quiet, a layer holds the origin's newest version of a key, or none.",
                        operations: (newest.map { [$0] } ?? []) + [look], in: history))
            }
        }
        return CheckReport(
            check: name, examined: examined, violations: violations,
            whatIsMissing: "inspection of a layer after the last change of a key")
    }
}

import History

/// Is every key a linearizable register? For histories in which the origin's versions order the writes.
///
/// Since the order of the writes is given by their versions, the search that linearizability needs in general is not
/// necessary. A history is linearizable exactly if
///
/// - no operation that *ended* before another *started* has a higher version than that other (reads and writes alike; a
///   write must have a strictly higher one),
/// - no read ended before the write that it returns started,
/// - every version read was written, and none was written twice.
///
/// A write of unknown outcome never ended; if nobody read it, it need not have happened. It may explain the read of a
/// version that no known write has. Failed writes and reads without an answer do not count. Version 0 means that nothing
/// was ever written.
///
/// A pass proves that the recorded operations could have happened one at a time on one copy, in an order that respects
/// their times. It proves nothing about keys or moments that no operation saw.
///
/// O(n log n) time and O(n) memory.
public struct LinearizableByVersions: Check {
    public let name = "linearizable"

    public init() {}

    public func examine(_ history: History) -> CheckReport {
        var examined = 0
        var violations: [Violation] = []
        for operations in history.operationsByKey(where: { $0.isAnsweredRead || ($0.isWrite && $0.outcome != .failed) }) {
            examined += operations.count { $0.kind == .read }
            examine(operations, history, &violations)
        }
        return CheckReport(check: name, examined: examined, violations: violations, whatIsMissing: "read")
    }

    private func examine(_ operations: [Operation], _ history: History, _ violations: inout [Violation]) {
        var writes: [Int64: Operation] = [:]
        var known: [Operation] = []
        var unknownWrites: [Operation] = []
        known.reserveCapacity(operations.count)
        for operation in operations {
            if operation.isWrite {
                // Without its version, a write of unknown outcome can only explain a read.
                if operation.outcome == .unknown, operation.version == 0 {
                    unknownWrites.append(operation)
                    continue
                }
                if let other = writes.updateValue(operation, forKey: operation.version) {
                    violations.append(
                        Violation(
                            rule: "Each version of a key is written once.", operations: [other, operation], in: history))
                }
            }
            known.append(operation)
        }
        judgeOrigins(known, writes, unknownWrites, history, &violations)
        judgeOrder(known, history, &violations)
    }

    /// Every read returns what was written, and not before it was.
    private func judgeOrigins(
        _ operations: [Operation], _ writes: [Int64: Operation], _ unknownWrites: [Operation], _ history: History,
        _ violations: inout [Violation]
    ) {
        var orphans: [Int64: Operation] = [:]
        for read in operations where read.kind == .read && read.version != 0 {
            guard let write = writes[read.version] else {
                if let earliest = orphans[read.version], earliest.end <= read.end { continue }
                orphans[read.version] = read
                continue
            }
            if read.isBefore(write) {
                violations.append(
                    Violation(
                        rule: "A read returns nothing that is written only after it ended.", operations: [read, write],
                        in: history))
            }
        }
        // Each version without a write needs an unknown write of its own that started before the read ended.
        var available = unknownWrites.sorted { $0.start < $1.start }[...]
        for read in orphans.values.sorted(by: { $0.end < $1.end }) {
            if let write = available.first, write.start <= read.end {
                available.removeFirst()
            } else {
                violations.append(
                    Violation(rule: "A read returns a version that somebody wrote.", operations: [read], in: history))
            }
        }
    }

    /// What starts after something ended is no older than that.
    private func judgeOrder(_ operations: [Operation], _ history: History, _ violations: inout [Violation]) {
        let byEnd = operations.indices.sorted { operations[$0].end < operations[$1].end }
        var finished = 0
        var newest: Operation?
        for operation in operations {
            while finished < byEnd.count, operations[byEnd[finished]].end < operation.start {
                let candidate = operations[byEnd[finished]]
                // Of those with the newest version the write tells the story best.
                if candidate.version > newest?.version ?? Int64.min
                    || (candidate.version == newest?.version && candidate.isWrite)
                {
                    newest = candidate
                }
                finished += 1
            }
            guard let newest else { continue }
            if operation.kind == .read, operation.version < newest.version {
                violations.append(
                    Violation(
                        rule: newest.isWrite
                            ? "A read that starts after a write ended returns that write's version or a newer one."
                            : "A read that starts after another read ended returns no older version than that one did.",
                        operations: [newest, operation], in: history))
            } else if operation.isWrite, operation.version <= newest.version {
                violations.append(
                    Violation(
                        rule: "A write that starts after an operation ended is given a newer version than that one saw.",
                        operations: [newest, operation], in: history))
            }
        }
    }
}

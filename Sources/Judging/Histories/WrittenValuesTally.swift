import Checking
import History

import struct History.Operation

/// The check that a history is always asked (``WrittenValues``), while the history goes by.
struct WrittenValuesTally {
    private var examined = 0
    private var count = 0
    private var first: [Operation] = []

    /// O(1) an operation.
    mutating func observe(_ operations: [Operation]) {
        for operation in operations where operation.kind == .read || operation.kind == .inspect {
            let isBroken = WrittenValues.isBroken(by: operation)
            if isBroken || operation.outcome == .ok { examined += 1 }
            guard isBroken else { continue }
            count += 1
            if first.count < WrittenValues().maximumViolations { first.append(operation) }
        }
    }

    /// `nil` if nothing is wrong.
    func report(keys: [String], tagSets: [[String]]) -> CheckReport? {
        guard count > 0 else { return nil }
        let report = WrittenValues().examine(History(operations: first, keys: keys, tagSets: tagSets))
        return CheckReport(
            check: report.check, examined: examined, violations: report.violations, violationCount: count)
    }
}

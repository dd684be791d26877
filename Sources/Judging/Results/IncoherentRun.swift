import Checking
import History
import Scenarios

/// What of a cache is wrong: a check, and the rule of it that is broken.
public struct ViolationKind: Sendable, Hashable {
    /// As in a scenario file. `run` if the run itself did not end well.
    public let check: String
    /// One sentence.
    public let rule: String

    package init(check: String, rule: String) {
        self.check = check
        self.rule = rule
    }
}

/// A simulated run that violates checks.
package struct IncoherentRun: Error, CustomStringConvertible {
    package struct Finding {
        package let kind: ViolationKind
        package let violation: Violation
        /// Of the last operation of the proof, if it concerns one.
        package let key: String?

        /// What the violation was proven with, and where: kinds of operations and the layers that served them.
        package var proof: String {
            violation.operations.map { "\($0.kind) \($0.layer.name)" }.joined(separator: ", ")
        }
    }

    /// For each rule that is broken, the violation that is easiest to read. Never empty; in the order of the checks.
    package let findings: [Finding]

    package var description: String { findings.first.map(Self.describe) ?? "" }

    package static func describe(_ finding: Finding) -> String {
        "\(finding.kind.check): \(finding.kind.rule)\n\(finding.violation.explanation)"
    }

    /// Asks a history some checks. What cannot be judged is no finding: a run that was shrunk does little.
    /// - Parameters:
    ///   - damages: values that came back and that no write gave, as sentences; see `RunRecord.damages`.
    ///   - onExamined: told the checks that examined something, and how much.
    /// - Throws: ``IncoherentRun`` if one of them is violated.
    package static func judge(
        _ history: History, by checks: [CheckDeclaration], damages: [WrittenValues.Place: String] = [:],
        onExamined: ([(check: String, operations: Int)]) -> Void = { _ in }
    ) throws(IncoherentRun) {
        var findings: [Finding] = []
        var examined: [(check: String, operations: Int)] = []
        // Whatever is asked, a value that no write gave is a violation.
        let values = damages.isEmpty ? [] : [WrittenValues(told: damages).examine(history)]
        for report in checks.map({ $0.check().examine(history) }) + values {
            if report.verdict != .unknown { examined.append((report.check, report.examined)) }
            for violation in report.violations {
                let kind = ViolationKind(check: report.check, rule: violation.rule)
                if !findings.contains(where: { $0.kind == kind }) {
                    findings.append(
                        Finding(
                            kind: kind, violation: violation,
                            key: violation.operations.last.flatMap { history.keyName(of: $0) }))
                }
            }
        }
        onExamined(examined)
        if !findings.isEmpty { throw IncoherentRun(findings: findings) }
    }
}

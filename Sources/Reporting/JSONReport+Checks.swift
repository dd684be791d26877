import Checking
import History

import struct History.Operation

extension JSONReport {
    /// What a check concludes.
    public struct Check: Codable, Sendable {
        public var name: String
        public var verdict: String
        public var examined: Int
        public var reason: String?
        /// How many violations were found, those that are not told included.
        public var violationCount: Int
        public var violations: [Violation]
    }

    public struct Violation: Codable, Sendable {
        public var rule: String
        public var explanation: String
        /// The fewest that prove it, in order of their starts.
        public var operations: [ViolatingOperation]
        /// What happened around them, in the same order.
        public var context: [ViolatingOperation]
    }

    public struct ViolatingOperation: Codable, Sendable {
        public var id: Int64
        public var kind: String
        public var key: String?
        public var tags: [String]
        public var version: Int64
        /// Absent where operations have versions instead.
        public var value: Int64?
        public var layer: String
        /// Where the entry of a fill came from.
        public var source: String?
        public var instance: Int32
        public var worker: Int32
        public var outcome: String
        /// Who had dropped the old value when it returned: `none`, `instance` or `cluster`.
        public var scope: String
        /// The operation that this one follows from.
        public var cause: Int64?
        /// Nanoseconds, from the start of the first operation of the violation; the nearest number of 64 bits, if that is
        /// further away.
        public var start: Int64
        /// The same; absent if it did not return.
        public var end: Int64?
        /// Nanoseconds on the history's clock, as recorded.
        public var absoluteStart: Int64
        /// The same; absent if it did not return.
        public var absoluteEnd: Int64?
    }
}

extension JSONReport.Check {
    init(_ report: CheckReport, keys: [String], tagSets: [[String]]) {
        self.init(
            name: report.check, verdict: report.verdict.rawValue, examined: report.examined, reason: report.reason,
            violationCount: report.violationCount,
            violations: report.violations.map { violation in
                let zero = violation.operations.map(\.start).min() ?? 0
                func name<Name>(_ number: Int32, _ names: [Name]) -> Name? {
                    names.indices.contains(Int(number)) ? names[Int(number)] : nil
                }
                func told(_ operations: [Operation]) -> [JSONReport.ViolatingOperation] {
                    operations.map { operation in
                        JSONReport.ViolatingOperation(
                            operation, key: name(operation.key, keys), tags: name(operation.tagSet, tagSets) ?? [],
                            zero: zero)
                    }
                }
                return JSONReport.Violation(
                    rule: violation.rule, explanation: violation.explanation, operations: told(violation.operations),
                    context: told(violation.context))
            })
    }
}

extension JSONReport.ViolatingOperation {
    fileprivate init(_ operation: Operation, key: String?, tags: [String], zero: Int64) {
        self.init(
            id: operation.id, kind: "\(operation.kind)", key: key, tags: tags, version: operation.version,
            value: operation.value == 0 ? nil : operation.value, layer: operation.layer.name,
            source: operation.kind == .fill ? operation.source.name : nil, instance: operation.instance,
            worker: operation.worker, outcome: "\(operation.outcome)", scope: "\(operation.scope)",
            cause: operation.cause == 0 ? nil : operation.cause,
            start: operation.start.subtractingClamped(zero),
            end: operation.end == Operation.never ? nil : operation.end.subtractingClamped(zero),
            absoluteStart: operation.start, absoluteEnd: operation.end == Operation.never ? nil : operation.end)
    }
}

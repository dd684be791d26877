import History

/// A question about a history, with an answer that can be proved from it.
public protocol Check: Sendable {
    /// The name used in scenarios and reports, in kebab-case.
    var name: String { get }
    /// Judges a history. Pure: no input, no output, no clock.
    func examine(_ history: History) -> CheckReport
}

/// What a check says.
public enum Verdict: String, Sendable, Hashable, Codable {
    /// Something was examined, and nothing contradicts the rule.
    case pass
    /// The history contradicts the rule; the violations prove it.
    case violation
    /// Nothing was examined, or the budget was spent. Never a pass.
    case unknown
}

/// The answer of one check.
public struct CheckReport: Sendable, Hashable {
    /// The check's name.
    public var check: String
    public var verdict: Verdict
    /// How many operations were judged.
    public var examined: Int
    /// The violations found, the easiest to read first; at most ``CheckReport/shownViolations``.
    public var violations: [Violation]
    /// How many violations there are in all.
    public var violationCount: Int
    /// Why the verdict is unknown.
    public var reason: String?

    /// How many violations are kept.
    public static let shownViolations = 10

    /// The report of a check that examined some operations and found these violations.
    /// - Parameter whatIsMissing: what a history without anything to examine lacks.
    public init(check: String, examined: Int, violations: [Violation], whatIsMissing: String) {
        self.check = check
        self.examined = examined
        violationCount = violations.count
        self.violations = Array(
            violations.sorted { ($0.operations.count, $0.start) < ($1.operations.count, $1.start) }
                .prefix(CheckReport.shownViolations))
        verdict = !violations.isEmpty ? .violation : examined > 0 ? .pass : .unknown
        reason = verdict == .unknown ? "nothing was examined: the history has no \(whatIsMissing)" : nil
    }

    /// The report of a check that gave up.
    public init(check: String, examined: Int, unknownBecause reason: String) {
        self.check = check
        self.examined = examined
        violations = []
        violationCount = 0
        verdict = .unknown
        self.reason = reason
    }
}

/// A proof that a rule was broken.
public struct Violation: Sendable, Hashable {
    /// The rule, in one sentence.
    public var rule: String
    /// The fewest operations that prove it, in order of their starts.
    public var operations: [Operation]
    /// The story of these operations, one a line, times relative to the first.
    public var explanation: String

    /// - Parameter operations: in any order.
    public init(rule: String, operations: [Operation], in history: History) {
        self.rule = rule
        self.operations = operations.sorted { ($0.start, $0.id) < ($1.start, $1.id) }
        explanation = Story(self.operations, history).text
    }

    var start: Int64 { operations.first?.start ?? 0 }
}

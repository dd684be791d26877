import History

/// A question put to a history.
///
/// A check reads operations and returns findings. It does no input or output and asks no clock, so the same history
/// always gets the same report.
public protocol Check: Sendable {
    /// The name used in scenarios and reports, in kebab-case.
    var name: String { get }

    /// Judges a history.
    func examine(_ history: History) -> CheckReport
}

/// What a check concludes.
public enum Verdict: String, Sendable, Codable {
    /// Something was examined, all of it, and the rule was kept.
    case pass
    /// The rule was broken; the report proves it.
    case violation
    /// Undecided: nothing was examined, or not everything could be.
    case unknown
}

/// The answer of one check about one history.
public struct CheckReport: Sendable {
    /// The name of the check.
    public let check: String
    /// `violation` if any was found, `unknown` if nothing or not everything could be judged, otherwise `pass`.
    public let verdict: Verdict
    /// How many operations, or comparisons, were really judged. Where it is 0 the verdict is never `pass`.
    public let examined: Int
    /// The violations that are easiest to read, fewest operations first; at most `maximumViolations` of the check.
    public let violations: [Violation]
    /// How many violations were found, those that are not in ``violations`` included.
    public let violationCount: Int
    /// Why the verdict is `unknown`, or what was left out although there are violations.
    public let reason: String?

    /// - Parameters:
    ///   - violationCount: of all that were found; `nil` means those given.
    ///   - reason: what could not be judged. Without violations it makes the verdict `unknown`.
    public init(
        check: String, examined: Int, violations: [Violation] = [], violationCount: Int? = nil, reason: String? = nil
    ) {
        self.check = check
        self.examined = examined
        self.violations = violations
        self.violationCount = violationCount ?? violations.count
        if self.violationCount > 0 {
            verdict = .violation
            self.reason = reason
        } else if let reason {
            verdict = .unknown
            self.reason = reason
        } else if examined == 0 {
            verdict = .unknown
            self.reason = "nothing was examined"
        } else {
            verdict = .pass
            self.reason = nil
        }
    }
}

/// A rule that was broken, and the operations that prove it.
public struct Violation: Sendable {
    /// The rule, in one sentence.
    public let rule: String
    /// The fewest operations that prove it, in order of their starts.
    public let operations: [Operation]
    /// Operations that prove nothing, but explain the violation: the write whose version was returned, how it got into
    /// the layer that served it, what happened to the key in between. In order of their starts.
    public let context: [Operation]
    /// What happened, operation by operation, and why it should not have.
    public let explanation: String

    /// Makes a violation; each argument is the property of the same name.
    public init(rule: String, operations: [Operation], context: [Operation] = [], explanation: String) {
        self.rule = rule
        self.operations = operations
        self.context = context
        self.explanation = explanation
    }
}

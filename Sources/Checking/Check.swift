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
    /// Nobody can tell: nothing was examined, or not everything could be.
    case unknown
}

import Judging
import Scenarios

/// One figure of a bridge held against its limits, at three levels instead of a verdict.
struct BridgeFinding: Sendable, Hashable {
    enum Level: String, Sendable, Hashable, CaseIterable {
        case met
        case warning
        case critical
        /// There is nothing to judge.
        case unknown
    }

    var name: String
    /// What is required, in words.
    var limit: String
    var level: Level

    init(_ outcome: TargetOutcome, of target: Target) {
        name = outcome.title
        limit = outcome.limitText
        if let warning = target.warning, case .absolute(let quantity) = warning.limit {
            limit += ", warning unless \(warning.comparison.rawValue) \(quantity)"
        }
        level =
            switch outcome.verdict {
            case .pass: outcome.isWarning ? .warning : .met
            case .missed, .violation, .error: .critical
            case .unknown: .unknown
            }
    }
}

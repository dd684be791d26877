import EventBridge
import ScenarioRunner

/// One figure of a trial held against its limits.
public struct TrialFinding: Sendable, Hashable {
    public enum Level: String, Sendable, Hashable, CaseIterable, Comparable {
        case met
        case warning
        case critical
        /// There is nothing to judge.
        case unknown

        public static func < (left: Level, right: Level) -> Bool { left.weight < right.weight }

        private var weight: Int {
            switch self {
            case .met: 0
            case .warning: 1
            case .unknown: 2
            case .critical: 3
            }
        }
    }

    public var name: String
    /// What is required, in words.
    public var limit: String
    public var level: Level
}

extension TrialResult {
    /// Required of the slowest hundredth of all deliveries, in nanoseconds.
    public static let latencyLimit: UInt64 = 100_000_000
    /// From where on there is a warning.
    public static let latencyWarning: UInt64 = 50_000_000

    /// Every figure that has limits.
    public var findings: [TrialFinding] {
        let deliveryLevel: TrialFinding.Level =
            switch delivery {
            case nil: .unknown
            case 1?: .met
            case let share?: share < 0.99 ? .critical : .warning
            }
        func none(_ count: UInt64) -> TrialFinding.Level { delivery == nil ? .unknown : count == 0 ? .met : .critical }
        let latencyLevel: TrialFinding.Level =
            switch latency.p99 {
            case nil: .unknown
            case let p99? where p99 >= Self.latencyLimit: .critical
            case let p99?: p99 >= Self.latencyWarning ? .warning : .met
            }
        return [
            TrialFinding(name: "delivery", limit: "100 %, critical below 99 %", level: deliveryLevel),
            TrialFinding(name: "self-received", limit: "0", level: none(selfReceived)),
            TrialFinding(name: "duplicates", limit: "0", level: none(duplicates)),
            TrialFinding(name: "miscounted", limit: "0", level: none(UInt64(miscounting.count))),
            TrialFinding(name: "p99", limit: "< 100 ms, warning from 50 ms", level: latencyLevel),
        ]
    }

    /// Anything lost, doubled, received by its publisher or miscounted is a violation, however little; an instance that
    /// died leaves a trial unknown, since of its part nobody can say anything; a latency is missed.
    public var verdict: RunVerdict {
        if lost > 0 || duplicates > 0 || selfReceived > 0 || !miscounting.isEmpty { return .violation }
        if delivery == nil || !dead.isEmpty || !notes.isEmpty { return .unknown }
        return findings.contains { $0.name == "p99" && $0.level == .critical } ? .missed : .pass
    }
}

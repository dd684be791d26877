import Checking
import History

/// What the checks say about one recorded history.
public struct HistoryResult: Sendable {
    /// The file; `-` for standard input.
    public var file: String
    /// `nil` if it is in none.
    public var format: HistoryFormat?
    /// Seconds, reading included.
    public var duration = 0.0
    public var operations = OperationCounts()
    /// The names that the operations of the reports refer to.
    public var keys: [String] = []
    public var tagSets: [[String]] = [[]]
    public var checks: [CheckReport] = []
    /// What was asked because nobody said anything, and why; `nil` if somebody did.
    public var choice: HistoryChoice?
    /// What was read and is no operation, in a sentence each.
    public var notes: [String] = []
    /// Why it was not judged, or not to its end.
    public var failure: Failure?

    /// Why a history is not judged to its end.
    public enum Failure: Error, Sendable, Hashable, CustomStringConvertible {
        /// It cannot be read, breaks the rules of its format, or cannot be asked in this way: somebody has to change something.
        case unusable(String)
        /// The time or the memory that was allowed is used up.
        case budgetSpent(String)

        public var description: String {
            switch self {
            case .unusable(let reason), .budgetSpent(let reason): reason
            }
        }

        public var isUnusable: Bool {
            if case .unusable = self { true } else { false }
        }
    }

    public init(file: String) { self.file = file }

    /// Of checks that nobody asked for, those that met nothing to examine become a note, if another one met something.
    mutating func leaveOutUnexamined() {
        guard choice != nil, checks.contains(where: { $0.examined > 0 }) else { return }
        for report in checks where report.examined == 0 && report.verdict == .unknown {
            notes.append("\(report.check) was not judged: \(report.reason ?? "nothing was examined")")
        }
        checks.removeAll { $0.examined == 0 && $0.verdict == .unknown }
    }

    /// The heaviest of the checks' verdicts; unknown without any, or if it was not judged to the end; an error if it is
    /// unusable.
    public var verdict: RunVerdict {
        let heaviest = checks.map { RunVerdict($0.verdict) }.max() ?? .unknown
        return switch failure {
        case nil: heaviest
        case .budgetSpent: max(heaviest, .unknown)
        case .unusable: .error
        }
    }
}

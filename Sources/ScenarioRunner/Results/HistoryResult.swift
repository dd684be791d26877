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
    /// What was read and is no operation, in a sentence each.
    public var notes: [String] = []
    /// Why it was not judged, or not to its end.
    public var failure: String?
    /// The failure is that it breaks the rules of its format.
    public var isMalformed = false

    public init(file: String) { self.file = file }

    /// The heaviest of the checks' verdicts; unknown without any, or if it was not judged to the end; an error if it is
    /// malformed.
    public var verdict: RunVerdict {
        if isMalformed { return .error }
        let heaviest = checks.map { RunVerdict($0.verdict) }.max() ?? .unknown
        return failure == nil ? heaviest : max(heaviest, .unknown)
    }
}

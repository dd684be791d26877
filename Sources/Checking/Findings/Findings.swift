import History

/// Collects violations while a check runs. Counts all of them, and keeps the few that take least reading: fewest
/// operations, then the shortest time between the first start and the last, then the earliest.
struct Findings {
    private let limit: Int
    private let narrator: Narrator
    private var kept: [(rank: Rank, violation: Violation)] = []
    private(set) var count = 0

    init(_ history: History, keeping limit: Int) {
        self.limit = max(0, limit)
        narrator = Narrator(history)
    }

    /// The violations kept, best first.
    var violations: [Violation] { kept.map(\.violation) }

    /// Adds a violation.
    ///
    /// The story is told only if the violation is kept: a history with half a million stale reads costs half a million
    /// comparisons here, not as many paragraphs.
    /// - Parameters:
    ///   - operations: the proof, in any order, at least one.
    ///   - conclusion: the last sentence of the explanation.
    mutating func add(
        rule: @autoclosure () -> String, _ operations: [Operation], conclusion: (Narrator) -> String
    ) {
        count += 1
        guard limit > 0 else { return }
        let rank = Rank(operations)
        if kept.count == limit, let worst = kept.last, !(rank < worst.rank) { return }
        let ordered = operations.sorted { ($0.start, $0.end, $0.id) < ($1.start, $1.end, $1.id) }
        let violation = Violation(
            rule: rule(), operations: ordered,
            explanation: narrator.tell(ordered, conclusion: conclusion(narrator)))
        keep(rank, violation)
    }

    /// Adds what was found elsewhere, about other operations.
    mutating func absorb(_ other: Findings) {
        count += other.count
        for (rank, violation) in other.kept { keep(rank, violation) }
    }

    private mutating func keep(_ rank: Rank, _ violation: Violation) {
        let place = kept.firstIndex { rank < $0.rank } ?? kept.count
        kept.insert((rank, violation), at: place)
        if kept.count > limit { kept.removeLast() }
    }

    /// The report of a check that is done.
    func report(check: String, examined: Int, reason: String? = nil) -> CheckReport {
        CheckReport(
            check: check, examined: examined, violations: violations, violationCount: count, reason: reason)
    }

    /// How much there is to read in a violation.
    private struct Rank: Comparable {
        let operations: Int
        let span: Int64
        let start: Int64

        init(_ proof: [Operation]) {
            var first = Int64.max
            var last = Int64.min
            for operation in proof {
                first = min(first, operation.start)
                last = max(last, operation.start)
            }
            operations = proof.count
            span = last.subtractingReportingOverflow(first).partialValue
            start = first
        }

        static func < (left: Rank, right: Rank) -> Bool {
            (left.operations, left.span, left.start) < (right.operations, right.span, right.start)
        }
    }
}

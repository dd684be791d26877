import History

/// Collects violations while a check runs. Counts all of them, and keeps the few that take least reading: fewest
/// operations, then the shortest time between the first start and the last, then the earliest.
struct Findings {
    private struct Finding {
        let rank: Rank
        let rule: String
        let proof: [Operation]
        let conclusion: String
    }

    private let history: History
    private let limit: Int
    private let formatter: OperationFormatter
    private var kept: [Finding] = []
    private(set) var count = 0

    init(_ history: History, keeping limit: Int) {
        self.history = history
        self.limit = max(0, limit)
        formatter = OperationFormatter(history)
    }

    /// Adds a violation.
    ///
    /// Its conclusion is drawn only if it is kept: a history with half a million stale reads costs half a million
    /// comparisons here, not as many sentences.
    /// - Parameters:
    ///   - operations: the proof, in any order, at least one.
    ///   - conclusion: the last sentence of the explanation.
    mutating func add(
        rule: @autoclosure () -> String, _ operations: [Operation], conclusion: (OperationFormatter) -> String
    ) {
        count += 1
        guard limit > 0 else { return }
        let rank = Rank(operations)
        if kept.count == limit, let worst = kept.last, !(rank < worst.rank) { return }
        let ordered = operations.sorted { ($0.start, $0.end, $0.id) < ($1.start, $1.end, $1.id) }
        keep(Finding(rank: rank, rule: rule(), proof: ordered, conclusion: conclusion(formatter)))
    }

    /// Adds what was found elsewhere, about other operations.
    mutating func absorb(_ other: Findings) {
        count += other.count
        for finding in other.kept { keep(finding) }
    }

    private mutating func keep(_ finding: Finding) {
        let place = kept.firstIndex { finding.rank < $0.rank } ?? kept.count
        kept.insert(finding, at: place)
        if kept.count > limit { kept.removeLast() }
    }

    /// The violations kept, best first, each with its context. O(n) if there are any.
    private func violations() -> [Violation] {
        guard !kept.isEmpty else { return [] }
        let collector = ContextCollector(of: kept.map(\.proof), in: history)
        return zip(kept, collector.contexts).map { finding, context in
            Violation(
                rule: finding.rule, operations: finding.proof, context: context.operations,
                explanation: formatter.explanation(
                    context, conclusion: finding.conclusion, causes: collector.causes))
        }
    }

    /// The report of a check that is done.
    func report(check: String, examined: Int, reason: String? = nil) -> CheckReport {
        CheckReport(
            check: check, examined: examined, violations: violations(), violationCount: count, reason: reason)
    }

    /// How much there is to read in a violation.
    private struct Rank: Comparable {
        let operations: Int
        let span: UInt64
        let start: Int64

        init(_ proof: [Operation]) {
            var first = Int64.max
            var last = Int64.min
            for operation in proof {
                first = min(first, operation.start)
                last = max(last, operation.start)
            }
            operations = proof.count
            span = last.nanoseconds(since: first)
            start = first
        }

        static func < (left: Rank, right: Rank) -> Bool {
            (left.operations, left.span, left.start) < (right.operations, right.span, right.start)
        }
    }
}

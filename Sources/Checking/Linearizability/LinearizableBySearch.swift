import History

/// Linearizability of a register, key by key, by searching for an order.
///
/// **Rule.** There is an order of all reads and writes of a key that keeps to real time and in which each read returns
/// what was written last. Where writes have versions, these must also grow. Writes of unknown outcome may take their
/// place anywhere after their start, or nowhere.
///
/// It needs no assumption about versions or unique values, so it judges what ``LinearizableByVersions`` and
/// ``LinearizableByZones`` cannot, and it is the independent referee in their tests.
///
/// **A pass proves** the same as theirs. **Unknown** is the verdict if the budget was spent before an order was found, or
/// all were excluded.
///
/// **Complexity.** Exponential in the number of operations that overlap, in the worst case; the budget bounds it. A key
/// of n operations takes about n / 8 + 40 bytes for each remembered state.
///
/// **Source.** Wing and Gong, *Testing and Verifying Concurrent Objects* (1993); memory of visited states: Lowe, *Testing
/// for Linearizability* (2017).
public struct LinearizableBySearch: Check {
    public let name = "linearizable-by-search"

    /// How many operations may be tried, for each key.
    public var maximumSteps: Int
    /// How many states may be remembered, for each key.
    public var maximumStates: Int
    /// Asked every few thousand steps whether to give up. For budgets that a check cannot know, such as time. Default: never.
    public var isBudgetSpent: @Sendable () -> Bool = { false }
    /// How many violations are reported; all are counted. With 0 they are counted only.
    public var maximumViolations: Int

    public init(maximumSteps: Int = 10_000_000, maximumStates: Int = 1_000_000, maximumViolations: Int = 10) {
        self.maximumSteps = maximumSteps
        self.maximumStates = maximumStates
        self.maximumViolations = maximumViolations
    }

    public func examine(_ history: History) -> CheckReport {
        let operations = history.operations
        let groups = OperationsByKey(operations, keys: history.keys.count) { $0.concernsRegister }
        var findings = Findings(history, keeping: maximumViolations)
        var tally = RegisterTally()
        for key in 0..<groups.keyCount where !groups[key].isEmpty {
            judge(history.keys[key], groups[key], of: operations, &findings, &tally)
        }
        return findings.report(
            check: name, examined: tally.examined, reason: tally.reason(nothing: "no read was examined"))
    }

    /// Judges one key.
    func judge(
        _ key: String, _ positions: ArraySlice<Int32>, of operations: [Operation], _ findings: inout Findings,
        _ tally: inout RegisterTally
    ) {
        let labelling = Labelling(positions, of: operations)
        let ordered = positions.map { operations[Int($0)] }.filter { $0.outcome != .failed }
        guard labelling != .mixed else { return tally.leaveOut("\"\(key)\" mixes versions and values") }
        let budget = SearchBudget(steps: maximumSteps, states: maximumStates, isSpent: isBudgetSpent)
        switch search(ordered, byVersion: labelling == .versions, within: budget) {
        case nil: return tally.leaveOut("the budget for \"\(key)\" was spent")
        case true?: break
        case false?: report(ordered, byVersion: labelling == .versions, &findings)
        }
        tally.add(examined: ordered.count, reads: ordered.count { $0.kind == .read })
    }

    /// Whether the operations of one key have an order; `nil` if the budget does not suffice.
    private func search(_ operations: [Operation], byVersion: Bool, within budget: SearchBudget) -> Bool? {
        if operations.count <= 64 {
            var search = OrderSearch<UInt64>(operations, byVersion: byVersion, budget: budget)
            return search.run()
        }
        var search = OrderSearch<[UInt64]>(operations, byVersion: byVersion, budget: budget)
        return search.run()
    }

    private func report(_ operations: [Operation], byVersion: Bool, _ findings: inout Findings) {
        let proof = maximumViolations > 0 ? shrink(operations, byVersion: byVersion) : operations
        findings.add(
            rule: "The reads and writes of a key have an order in real time in which each read returns the last write.",
            proof
        ) { "No order of these operations of \($0.key(proof[0])) is one." }
    }

    /// Leaves out operations as long as the rest has no order. To leave out a write with all its reads, or reads, cannot
    /// make a history worse, so what remains proves the violation.
    private func shrink(_ operations: [Operation], byVersion: Bool) -> [Operation] {
        var proof = operations
        let budget = SearchBudget(
            steps: max(1_000, maximumSteps / 100), states: max(1_000, maximumStates / 10), isSpent: isBudgetSpent)
        var size = proof.count
        while size >= 1 {
            var first = 0
            while first < proof.count {
                let chosen = proof[first..<min(first + size, proof.count)]
                // A write of unknown version may be what explains any read, so it stays.
                guard !byVersion || !chosen.contains(where: { $0.isWriting && $0.version == 0 }) else {
                    first += size
                    continue
                }
                let gone = Set(chosen.filter(\.isWriting).map { byVersion ? $0.version : $0.value })
                var rest = Array(proof[..<first]) + proof[chosen.endIndex...]
                rest.removeAll { $0.kind == .read && gone.contains(byVersion ? $0.version : $0.value) }
                if rest.count < proof.count, search(rest, byVersion: byVersion, within: budget) == false {
                    proof = rest
                } else {
                    first += size
                }
            }
            size /= 2
        }
        return proof
    }
}

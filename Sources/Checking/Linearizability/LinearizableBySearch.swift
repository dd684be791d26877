import History

/// Linearizability of a register, key by key, by searching for an order.
///
/// **Rule.** There is an order of all reads and writes of a key that keeps to real time and in which each read returns
/// what was written last. Where writes have versions, these must also grow. Writes of unknown outcome may take their
/// place anywhere after their start, or nowhere.
///
/// A compare-and-set takes effect where the register holds what it expected. One that was refused takes its place where
/// the register holds something else.
///
/// It needs no assumption about versions or unique values, so it judges what ``LinearizableByVersions`` and
/// ``LinearizableByZones`` cannot, and it is the independent referee in their tests. It alone judges compare-and-sets.
///
/// **Nothing and 0.** A key holds nothing at first, and after a deletion. Without versions, 0 is another word for
/// nothing, unless somebody wrote a 0 to the key and somebody who found nothing said so (`isAbsent`); then it is a
/// value.
///
/// **A pass proves** the same as theirs. **Unknown** is the verdict if the budget was spent before an order was found,
/// or all were excluded.
///
/// **Complexity.** Exponential in the number of operations that overlap, in the worst case; the budget bounds it. A key
/// of n operations takes about n / 8 + 40 bytes for each remembered state.
///
/// **Source.** Wing and Gong, *Testing and Verifying Concurrent Objects* (1993); memory of visited states: Lowe,
/// *Testing for Linearizability* (2017).
public struct LinearizableBySearch: Check {
    /// The name in scenario files and reports: `linearizable-by-search`.
    public let name = "linearizable-by-search"

    /// How many operations may be tried, for each key.
    public var maximumSteps: Int
    /// How many states may be remembered, for each key.
    public var maximumStates: Int
    /// Asked every few thousand steps whether to give up. For budgets that a check cannot know, such as time. Default:
    /// never.
    public var isBudgetSpent: @Sendable () -> Bool = { false }
    /// Whether 0 is a value in keys without versions, and never means that there was nothing. `nil`: the operations of
    /// each key tell.
    public var isZeroAValue: Bool?
    /// How many violations are reported; all are counted. With 0 they are counted only.
    public var maximumViolations: Int

    /// Makes the check; each argument is the property of the same name.
    public init(maximumSteps: Int = 10_000_000, maximumStates: Int = 1_000_000, maximumViolations: Int = 10) {
        self.maximumSteps = maximumSteps
        self.maximumStates = maximumStates
        self.maximumViolations = maximumViolations
    }

    /// Judges a history. Exponential in the operations that overlap; ``maximumSteps`` and ``maximumStates`` bound it.
    /// - Returns: a violation with its proof, a pass if every operation that the rule concerns was judged, or unknown
    ///   with the reason.
    public func examine(_ history: History) -> CheckReport {
        let operations = history.operations
        let groups = OperationsByKey(operations, keys: history.keys.count) { $0.concernsRegister }
        var findings = Findings(history, keeping: maximumViolations)
        var tally = RegisterTally()
        var emptyReads = EmptyReads(history, groups)
        for key in 0..<groups.keyCount where !groups[key].isEmpty {
            let evidence = LabellingEvidence(groups[key], of: operations)
            let positions = emptyReads.withoutExcused(groups[key], evidence)
            judge(history.keys[key], positions, of: operations, &findings, &tally)
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
        let ordered = positions.map { operations[Int($0)] }.filter {
            $0.outcome != .failed || ($0.isRefused && $0.kind == .compareAndSet)
        }
        guard labelling != .mixed else { return tally.leaveOut("\"\(key)\" mixes versions and values") }
        // Where 0 is a value, values need no version.
        let hasValues = isZeroAValue == true && ordered.allSatisfy { $0.version == 0 }
        let byVersion = labelling == .versions && !hasValues
        let budget = SearchBudget(steps: maximumSteps, states: maximumStates, isSpent: isBudgetSpent)
        switch search(ordered, byVersion: byVersion, within: budget) {
        case nil: return tally.leaveOut("the budget for \"\(key)\" was spent")
        case true?: break
        case false?: report(ordered, byVersion: byVersion, &findings)
        }
        tally.add(examined: ordered.count, reads: ordered.count { $0.kind == .read })
    }

    /// Whether the operations of one key have an order; `nil` if the budget does not suffice.
    private func search(_ operations: [Operation], byVersion: Bool, within budget: SearchBudget) -> Bool? {
        let steps = RegisterSteps(operations, byVersion: byVersion, isZeroAValue: isZeroAValue)
        return search(operations, by: steps, within: budget)
    }

    private func search(_ operations: [Operation], by steps: RegisterSteps, within budget: SearchBudget) -> Bool? {
        if operations.count <= 64 {
            var search = OrderSearch<UInt64>(operations, by: steps, budget: budget)
            return search.run()
        }
        var search = OrderSearch<[UInt64]>(operations, by: steps, budget: budget)
        return search.run()
    }

    private func report(_ operations: [Operation], byVersion: Bool, _ findings: inout Findings) {
        let proof = maximumViolations > 0 ? shrink(operations, byVersion: byVersion) : operations
        findings.add(
            rule: "The reads and writes of a key have an order in real time in which each read returns the last write.",
            proof
        ) { "No order of these operations of \($0.key(proof[0])) is one." }
    }

    /// Leaves out operations as long as the rest has no order. To leave out a write with all operations that find it,
    /// or operations that change nothing, cannot make a history worse, so what remains proves the violation.
    private func shrink(_ operations: [Operation], byVersion: Bool) -> [Operation] {
        var proof = operations
        // What 0 means is decided by all operations, also those that are left out.
        let zero = RegisterSteps(operations, byVersion: byVersion, isZeroAValue: isZeroAValue)
        let budget = SearchBudget(
            steps: max(1_000, maximumSteps / 100), states: max(1_000, maximumStates / 10), isSpent: isBudgetSpent)
        var size = proof.count
        while size >= 1 {
            var first = 0
            while first < proof.count {
                if isBudgetSpent() { return proof }
                let chosen = proof[first..<min(first + size, proof.count)]
                guard let rest = Self.without(chosen, proof, byVersion: byVersion) else {
                    first += size
                    continue
                }
                let steps = byVersion ? RegisterSteps(rest, byVersion: true, isZeroAValue: isZeroAValue) : zero
                if rest.count < proof.count, search(rest, by: steps, within: budget) == false {
                    proof = rest
                } else {
                    first += size
                }
            }
            size /= 2
        }
        return proof
    }

    /// What is left of a history without some of its operations, and without those that depend on what these wrote.
    /// - Returns: `nil` if the rest could be worse than the whole.
    private static func without(
        _ chosen: ArraySlice<Operation>, _ all: [Operation], byVersion: Bool
    ) -> [Operation]? {
        // A write of unknown version may be what explains any read, so it stays.
        guard !byVersion || !chosen.contains(where: { $0.isWriting && $0.version == 0 && !$0.isRefused }) else {
            return nil
        }
        func label(_ operation: Operation) -> Int64 { byVersion ? operation.version : operation.value }
        let ids = Set(chosen.map(\.id))
        var rest = all.filter { !ids.contains($0.id) }
        var gone: Set<Int64> = []
        var isNothingGone = false
        func lose(_ operation: Operation) {
            gone.insert(label(operation))
            if operation.kind == .delete || operation.isTombstone || label(operation) == 0 { isNothingGone = true }
        }
        for operation in chosen where operation.isWriting && !operation.isRefused { lose(operation) }
        guard !gone.isEmpty else { return rest }
        // Where a write is left out, what was there before it is there for longer, and may be what was refused.
        rest.removeAll(where: \.isRefused)
        while true {
            let dependent = rest.filter { operation in
                guard operation.kind == .read || operation.kind == .compareAndSet else { return false }
                let found = operation.kind == .read ? label(operation) : operation.expected
                return operation.isAbsent ? isNothingGone : gone.contains(found) || (found == 0 && isNothingGone)
            }
            if dependent.isEmpty { return rest }
            for operation in dependent where operation.kind == .compareAndSet {
                if byVersion && operation.version == 0 { return nil }
                lose(operation)
            }
            let lost = Set(dependent.map(\.id))
            rest.removeAll { lost.contains($0.id) }
        }
    }
}

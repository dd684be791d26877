import History

/// Linearizability of registers, each key judged by the method that fits what it recorded.
///
/// **Rule.** For each key there is an order of its reads and writes that keeps to real time and in which each read
/// returns what was written last. A key whose writes have versions is judged as ``LinearizableByVersions`` says; one
/// whose writes have unique values as ``LinearizableByZones`` says; any other, and one with compare-and-sets, as
/// ``LinearizableBySearch`` says, within its budget.
///
/// **A pass proves** that what was recorded of each key could have happened on one copy of the data.
///
/// **Complexity.** O(n log n), but for the keys that must be searched.
public struct Linearizable: Check {
    /// The name in scenario files and reports: `linearizable`.
    public let name = "linearizable"

    /// For the keys whose reads do not name their writes.
    public var search: LinearizableBySearch
    /// How many violations are reported; all are counted. With 0 they are counted only.
    public var maximumViolations: Int

    /// Makes the check; each argument is the property of the same name.
    public init(search: LinearizableBySearch = LinearizableBySearch(), maximumViolations: Int = 10) {
        self.search = search
        self.maximumViolations = maximumViolations
    }

    /// Judges a history. O(n log n), except for keys that must be searched.
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
            guard search.isZeroAValue != true, !evidence.hasComparisons else {
                search.judge(history.keys[key], positions, of: operations, &findings, &tally)
                continue
            }
            switch evidence.labelling {
            case .versions:
                let register = VersionedRegister.judged(operations, positions, evidence, &findings)
                tally.add(examined: register.examined, reads: register.reads)
            case .values:
                if let register = ValuedRegister(positions, of: operations) {
                    register.judge(&findings)
                    tally.add(examined: register.examined, reads: register.reads)
                } else {
                    search.judge(history.keys[key], positions, of: operations, &findings, &tally)
                }
            case .mixed:
                search.judge(history.keys[key], positions, of: operations, &findings, &tally)
            }
        }
        return findings.report(
            check: name, examined: tally.examined, reason: tally.reason(nothing: "no read was examined"))
    }
}

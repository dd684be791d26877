import History

/// Linearizability of a register without versions, whose writes have unique values, key by key.
///
/// **Rule.** There is an order of all reads and writes of a key that keeps to real time and in which each read returns
/// the value written last. For each value let f be the earliest end and s the latest start of its write and its reads.
/// Where f < s the register must have held the value from f to s: a *forward zone*. Otherwise one moment between s and
/// f suffices: a *backward zone*. The order exists if and only if no read ends before its write begins, no two forward
/// zones overlap, and no backward zone lies inside a forward one. Zones that touch do not overlap, as intervals are
/// closed.
///
/// Value 0 means that nothing was ever written: its zone begins before everything. A write of unknown outcome is
/// dropped if no read returned its value, and never ends otherwise. Keys in which a value is written twice, or in which
/// a delete makes "nothing" ambiguous, are not judged; ``LinearizableBySearch`` can.
///
/// **A pass proves** the same as that of ``LinearizableByVersions``.
///
/// **Complexity.** O(n log n) time, about 50 bytes an operation and 100 a value.
///
/// **Source.** Gibbons and Korach, *Testing Shared Memories* (1997); zones: Golab, Li and Shah, *Analyzing Consistency
/// Properties for Fun and Profit* (2011).
public struct LinearizableByZones: Check {
    /// The name in scenario files and reports: `linearizable-by-zones`.
    public let name = "linearizable-by-zones"

    /// How many violations are reported; all are counted. With 0 they are counted only.
    public var maximumViolations: Int

    /// Makes the check; each argument is the property of the same name.
    public init(maximumViolations: Int = 10) { self.maximumViolations = maximumViolations }

    /// Judges a history. O(n log n).
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
            guard !evidence.hasComparisons else {
                tally.leaveOut("\"\(history.keys[key])\" has compare-and-sets, which only the search judges")
                continue
            }
            let positions = emptyReads.withoutExcused(groups[key], evidence)
            guard Self.hasValuesOnly(positions, of: operations) else {
                tally.leaveOut("\"\(history.keys[key])\" has versions")
                continue
            }
            guard let register = ValuedRegister(positions, of: operations) else {
                tally.leaveOut("the values of \"\(history.keys[key])\" are not unique")
                continue
            }
            register.judge(&findings)
            tally.add(examined: register.examined, reads: register.reads)
        }
        let reason = tally.reason(nothing: "no read of a key without versions was examined")
        return findings.report(check: name, examined: tally.examined, reason: reason)
    }

    private static func hasValuesOnly(_ positions: ArraySlice<Int32>, of operations: [Operation]) -> Bool {
        positions.allSatisfy { operations[Int($0)].version == 0 }
    }
}

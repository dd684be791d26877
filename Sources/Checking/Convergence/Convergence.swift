import History

/// Agreement with the origin when everything is over.
///
/// **Rule.** After the last write, delete or invalidation of a key, every valid entry that an inspection finds, in any
/// layer of any instance (of any worker, for L1), has the version that the origin has. No entry is agreement too.
///
/// What the origin has is what the last inspection of it found after the last write; without one, the newest version
/// whose write certainly happened. Loads are believed only where no write was recorded: a lagging replica may answer
/// them. Where a write of the key has an unknown outcome it may happen at any time: an entry then agrees if the origin
/// may have had its version at that moment, judging by what was seen, anywhere, before and after.
///
/// Of several inspections of one place only the last is judged: convergence is about the end.
///
/// **A pass proves** that what was inspected had converged. It proves nothing about places that were not inspected,
/// nor about how long it took; inspect in widening windows to learn that, as Meta's Polaris does.
///
/// **Complexity.** O(n + p log p) for p inspections.
public struct Convergence: Check {
    /// The name in scenario files and reports: `convergence`.
    public let name = "convergence"

    /// How many violations are reported; all are counted. With 0 they are counted only.
    public var maximumViolations: Int

    /// Makes the check; each argument is the property of the same name.
    public init(maximumViolations: Int = 10) { self.maximumViolations = maximumViolations }

    /// Judges a history. O(n + p log p) for n operations and p inspections.
    /// - Returns: a violation with its proof, a pass if every operation that the rule concerns was judged, or unknown
    ///   with the reason.
    public func examine(_ history: History) -> CheckReport {
        let operations = history.operations
        let groups = OperationsByKey(operations, keys: history.keys.count) { _ in true }
        let tagEnds = lastInvalidations(history)
        var findings = Findings(history, keeping: maximumViolations)
        var examined = 0
        var keysWithoutVersions = 0
        for key in 0..<groups.keyCount {
            let positions = groups[key]
            guard positions.contains(where: { operations[Int($0)].kind == .inspect }) else { continue }
            guard Labelling(positions, of: operations) == .versions else {
                keysWithoutVersions += 1
                continue
            }
            let truth = SettledTruth(positions, of: operations, history, tagEnds: tagEnds)
            for inspections in truth.lastInspections {
                examined += 1
                // Of inspections with the same stamps any may be the last, so one that agrees is enough.
                let witnesses = inspections.compactMap { truth.witness(against: operations[Int($0)]) }
                guard witnesses.count == inspections.count else { continue }
                report(operations[Int(inspections[0])], witnesses[0], &findings)
            }
        }
        return findings.report(
            check: name, examined: examined,
            reason: Labelling.reason(keysWithoutVersions: keysWithoutVersions)
                ?? (examined == 0 ? "no inspection of a cache layer began after the last write of its key" : nil))
    }

    private func report(_ found: Operation, _ witness: SettledTruth.Witness, _ findings: inout Findings) {
        let rule = "After the last write, every valid entry has the version that the origin has."
        findings.add(rule: rule, [found] + witness.operations) { formatter in
            let other = witness.operations.first.map(formatter.content) ?? "nothing: its key was never written"
            return "\(found.layer.name) of \(formatter.instance(found)) holds \(formatter.content(found)) of "
                + "\(formatter.key(found)); the origin has \(other)."
        }
    }

    /// The last invalidation of each tag.
    private func lastInvalidations(_ history: History) -> [String: LastChange] {
        var changes: [String: LastChange] = [:]
        for operation in history.operations where operation.kind == .invalidateTag {
            for tag in history.tags(of: operation) { changes[tag, default: LastChange()].add(operation) }
        }
        return changes
    }
}

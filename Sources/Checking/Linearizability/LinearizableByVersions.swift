import History

/// Linearizability of a register whose writes have increasing versions, key by key.
///
/// **Rule.** There is an order of all reads and writes of a key that keeps to real time, in which versions grow from
/// write to write and each read returns the version written last. As the versions give the order of the writes, that is
/// the same as this: no operation of a lower version begins after one of a higher version has ended, where a read comes
/// after the write of its version; no version is written twice; none is read that was not written.
///
/// Version 0 means that nothing was ever written. A write of unknown outcome is dropped if no read returned its
/// version, and never ends otherwise. A client that never learnt the version of its unknown write (version 0) may have
/// written any version that has no other write; each such write explains one version.
///
/// **A pass proves** that this history of these keys could have happened on one copy of the data. It does not prove
/// anything about operations on several keys together, nor about layers that were not inspected.
///
/// **Complexity.** O(n log n) time, about 30 bytes an operation.
///
/// **Source.** The conditions of Gibbons and Korach, *Testing Shared Memories* (1997), for a known order of writes.
/// Linearizability is local (Herlihy and Wing 1990), which is why keys are judged one by one.
public struct LinearizableByVersions: Check {
    /// The name in scenario files and reports: `linearizable-by-versions`.
    public let name = "linearizable-by-versions"

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
        var examined = 0
        var reads = 0
        var keysWithoutVersions = 0
        var keysWithComparisons = 0
        var emptyReads = EmptyReads(history, groups)
        for key in 0..<groups.keyCount where !groups[key].isEmpty {
            let evidence = LabellingEvidence(groups[key], of: operations)
            guard !evidence.hasComparisons else {
                keysWithComparisons += 1
                continue
            }
            guard evidence.labelling == .versions else {
                keysWithoutVersions += 1
                continue
            }
            let positions = emptyReads.withoutExcused(groups[key], evidence)
            let register = VersionedRegister.judged(operations, positions, evidence, &findings)
            examined += register.examined
            reads += register.reads
        }
        var reason =
            Labelling.reason(keysWithoutVersions: keysWithoutVersions)
            ?? Labelling.reason(keysWithComparisons: keysWithComparisons)
        if reason == nil && reads == 0 { reason = "no read of a key with versions was examined" }
        return findings.report(check: name, examined: examined, reason: reason)
    }
}

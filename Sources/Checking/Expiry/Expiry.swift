import History

/// Nothing is served past its deadline, and no inner layer outlives the outer one that it was filled from.
///
/// **Rule.** The deadline of an entry follows from its fills, not from what the cache says: at most the lifetime of its
/// layer after the end of its fill, and no later than the deadline of the entry it was filled from. A read served by a
/// cache layer begins no later than the deadline, nor does an inspection that finds the entry, nor a fill from it: a
/// layer cannot fill itself from an entry whose time was over. What a cache layer serves was filled into it. Layers
/// into which nothing at all was filled were not recorded, and are not judged.
///
/// Where several fills can have provided an entry, the latest deadline counts. A fill of unknown outcome may happen at
/// any time, so its own lifetime bounds nothing. To expire early is legal.
///
/// **A pass proves** that no read or inspection met an entry that every reading of the fills says was dead. It cannot
/// see an entry outlive its time by less than the uncertainty of its fills, and does not judge layers without a
/// lifetime except by what they were filled from.
///
/// **Complexity.** O(n log n).
public struct Expiry: Check {
    /// The name in scenario files and reports: `expiry`.
    public let name = "expiry"

    /// How long an entry of a layer lives, in nanoseconds. Layers that are not named keep entries for ever.
    public var lifetimes: [Layer: Int64]
    /// How much later than its deadline an entry may still be served, in nanoseconds: the precision of the cache's
    /// clock.
    public var tolerance: Int64
    /// The host of each instance. Instances of one host share its L3. Those not named, or all if this is `nil`, are on
    /// one.
    public var hosts: [Int32: Int32]?
    /// How many violations are reported; all are counted. With 0 they are counted only.
    public var maximumViolations: Int

    /// Makes the check; each argument is the property of the same name.
    public init(
        lifetimes: [Layer: Int64], tolerance: Int64 = 0, hosts: [Int32: Int32]? = nil, maximumViolations: Int = 10
    ) {
        self.lifetimes = lifetimes
        self.tolerance = tolerance
        self.hosts = hosts
        self.maximumViolations = maximumViolations
    }

    /// Judges a history. O(n log n).
    /// - Returns: a violation with its proof, a pass if every operation that the rule concerns was judged, or unknown
    ///   with the reason.
    public func examine(_ history: History) -> CheckReport {
        let operations = history.operations
        let deadlines = Deadlines(operations, lifetimes: lifetimes, hosts: hosts)
        var findings = Findings(history, keeping: maximumViolations)
        var examined = 0
        var unrecorded: Set<Layer> = []
        var reads: EnclosingReads?
        let excused = EmptyReads.allExcused(in: history)
        for (position, operation) in operations.enumerated()
        where operation.outcome == .ok && operation.key >= 0 && !operation.isAbsent {
            switch operation.kind {
            case .read where operation.layer != .origin, .inspect where operation.layer != .origin:
                if !excused.isEmpty, excused.contains(Int32(truncatingIfNeeded: position)) { continue }
                guard deadlines.filledLayers.contains(operation.layer) else {
                    unrecorded.insert(operation.layer)
                    continue
                }
                guard let latest = deadlines.latest(for: operation) else {
                    guard operation.kind == .read else { continue }
                    examined += 1
                    reportUnfilled(operation, &findings)
                    continue
                }
                examined += 1
                guard operation.start > latest.deadline.addingUpToNever(tolerance) else { continue }
                report(operation, latest, deadlines, operations, &findings)
            case .fill where operation.source != .origin:
                let fill = Int32(truncatingIfNeeded: position)
                guard let source = deadlines.latest(forSourceOf: fill) else { continue }
                examined += 1
                let limit = source.deadline.addingUpToNever(tolerance)
                guard operation.start > limit else { continue }
                // The entry may have been taken when the read that filled the layer began.
                if reads == nil { reads = EnclosingReads(history) }
                guard reads!.earliestStart(around: operation) > limit else { continue }
                reportRevived(operation, source, deadlines, operations, &findings)
            default: break
            }
        }
        let asked = unrecorded.filter { lifetimes[$0] != nil }.sorted().map(\.name).joined(separator: ", ")
        return findings.report(
            check: name, examined: examined,
            reason: asked.isEmpty
                ? examined == 0 ? "no read was served by a cache layer, and no inspection found a filled entry" : nil
                : "no fill of \(asked) was recorded, so there is nothing to count a lifetime from")
    }

    private func reportUnfilled(_ operation: Operation, _ findings: inout Findings) {
        findings.add(rule: "What a cache layer serves was filled into it.", [operation]) { formatter in
            "No fill of \(operation.layer.name) explains \(formatter.content(operation)) of "
                + "\(formatter.key(operation))."
        }
    }

    private func report(
        _ operation: Operation, _ latest: Deadlines.Latest, _ deadlines: Deadlines, _ operations: [Operation],
        _ findings: inout Findings
    ) {
        let chain = deadlines.chain(to: latest.fill).map { operations[Int($0)] }
        let rule =
            chain.count == 1
            ? "An entry is not served after its deadline."
            : "An entry does not outlive the outer entry that it was filled from."
        findings.add(rule: rule, chain + [operation]) { _ in
            over(chain, latest, operation)
                + "\(operation.kind == .read ? "the read began" : "it was seen") in \(operation.layer.name)."
        }
    }

    private func reportRevived(
        _ fill: Operation, _ source: Deadlines.Latest, _ deadlines: Deadlines, _ operations: [Operation],
        _ findings: inout Findings
    ) {
        let chain = deadlines.chain(to: source.fill).map { operations[Int($0)] }
        findings.add(rule: "A layer is not filled from an entry whose time was over.", chain + [fill]) { _ in
            over(chain, source, fill) + "\(fill.layer.name) was filled from \(fill.source.name)."
        }
    }

    /// `The lifetime of redis, 60 s, had ended 5 s before `
    private func over(_ chain: [Operation], _ latest: Deadlines.Latest, _ operation: Operation) -> String {
        let limit = chain.last!.layer
        return "The lifetime of \(limit.name), \(Duration.text(lifetimes[limit] ?? 0)), had ended "
            + "\(Duration.text(from: latest.deadline, to: operation.start)) before "
    }
}

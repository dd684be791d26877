import History

/// Nothing is served past its deadline, and no inner layer outlives the outer one that it was filled from.
///
/// **Rule.** The deadline of an entry follows from its fills, not from what the cache says: at most the lifetime of its
/// layer after the end of its fill, and no later than the deadline of the entry it was filled from. A read served by a
/// cache layer begins no later than the deadline, nor does an inspection that finds the entry. What a cache layer serves
/// was filled into it.
///
/// Where several fills can have provided an entry, the latest deadline counts. A fill of unknown outcome may happen at any
/// time, so its own lifetime bounds nothing. To expire early is legal.
///
/// **A pass proves** that no read or inspection met an entry that every reading of the fills says was dead. It cannot see
/// an entry outlive its time by less than the uncertainty of its fills, and does not judge layers without a lifetime
/// except by what they were filled from.
///
/// **Complexity.** O(n log n).
public struct Expiry: Check {
    public let name = "expiry"

    /// How long an entry of a layer lives, in nanoseconds. Layers that are not named keep entries for ever.
    public var lifetimes: [Layer: Int64]
    /// How much later than its deadline an entry may still be served, in nanoseconds: the precision of the cache's clock.
    public var tolerance: Int64
    /// The host of each instance. Instances of one host share its L3. Those not named, or all if this is `nil`, are on one.
    public var hosts: [Int32: Int32]?
    /// How many violations are reported; all are counted. With 0 they are counted only.
    public var maximumViolations: Int

    public init(
        lifetimes: [Layer: Int64], tolerance: Int64 = 0, hosts: [Int32: Int32]? = nil, maximumViolations: Int = 10
    ) {
        self.lifetimes = lifetimes
        self.tolerance = tolerance
        self.hosts = hosts
        self.maximumViolations = maximumViolations
    }

    public func examine(_ history: History) -> CheckReport {
        let operations = history.operations
        let deadlines = Deadlines(operations, lifetimes: lifetimes, hosts: hosts)
        var findings = Findings(history, keeping: maximumViolations)
        var examined = 0
        for operation in operations where operation.outcome == .ok && operation.layer != .origin && operation.key >= 0 {
            guard operation.kind == .read || (operation.kind == .inspect && !operation.isAbsent) else { continue }
            guard let latest = deadlines.latest(for: operation) else {
                guard operation.kind == .read else { continue }
                examined += 1
                findings.add(rule: "What a cache layer serves was filled into it.", [operation]) { narrator in
                    "No fill of \(operation.layer.name) explains \(narrator.content(operation)) of "
                        + "\(narrator.key(operation))."
                }
                continue
            }
            examined += 1
            guard operation.start > latest.deadline.addingUpToNever(tolerance) else { continue }
            let chain = deadlines.chain(to: latest.fill).map { operations[Int($0)] }
            let rule =
                chain.count == 1
                ? "An entry is not served after its deadline."
                : "An entry does not outlive the outer entry that it was filled from."
            findings.add(rule: rule, chain + [operation]) { narrator in
                let late = Duration.text(operation.start - latest.deadline)
                let limit = chain.last!.layer
                return
                    "The lifetime of \(limit.name), \(Duration.text(lifetimes[limit] ?? 0)), had ended \(late) before "
                    + "\(operation.kind == .read ? "the read began" : "it was seen") in \(operation.layer.name)."
            }
        }
        return findings.report(
            check: name, examined: examined,
            reason: examined == 0 ? "no read was served by a cache layer, and no inspection found a filled entry" : nil)
    }
}

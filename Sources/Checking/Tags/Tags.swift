import History

/// An invalidated tag takes all entries that carry it, and no others.
///
/// **Rules.**
/// - Complete: after an acknowledged invalidation of a tag, no read or inspection that begins later finds in a cache
///   layer an entry with the tag, unless a load (or a write) of its key and version explains it that ended after the
///   invalidation began. For whom it is acknowledged, and when, depends on its scope as in ``FreshAfterInvalidation``.
///   An entry carries the tags with which it is met, and those with which it was filled.
/// - Nothing else: an entry without the tag that an inspection found before the invalidation is still there at the next
///   inspection of the same place. Unless something else accounts for its absence: a write, delete or invalidation of
///   its key, an invalidation of a tag of its own, its eviction or replacement, or its age.
///
/// Complete differs from freshness: what a tag stands for may have changed without a new version of the key, so an
/// entry of the newest version is a violation too if it was loaded before.
///
/// **A pass proves** this of the entries that were met. It says nothing about a tag that an entry should have carried
/// and did not, nor about entries in places that were not inspected. A write or an invalidation with the scope `none`
/// is taken to have no effect on a cache after it has ended.
///
/// **Complexity.** O(n log n), and O(operations of the key) for each entry that vanished.
public struct Tags: Check {
    /// The name in scenario files and reports: `tags`.
    public let name = "tags"

    /// How long an entry of a layer lives, in nanoseconds: an entry that may have been older is not missed. Layers that
    /// are not named keep entries for ever.
    public var lifetimes: [Layer: Int64]
    /// How long after its end, in nanoseconds, an announced invalidation must have been applied everywhere; `nil` holds
    /// an instance only to what it applied.
    public var grace: Int64?
    /// How many violations are reported; all are counted. With 0 they are counted only.
    public var maximumViolations: Int

    /// Makes the check; each argument is the property of the same name.
    public init(lifetimes: [Layer: Int64] = [:], grace: Int64? = nil, maximumViolations: Int = 10) {
        self.lifetimes = lifetimes
        self.grace = grace
        self.maximumViolations = maximumViolations
    }

    /// Judges a history. O(n log n), and O(operations of the key) for each entry that vanished.
    /// - Returns: a violation with its proof, a pass if every operation that the rule concerns was judged, or unknown
    ///   with the reason.
    public func examine(_ history: History) -> CheckReport {
        let operations = history.operations
        let promises = TagPromises(history, Acknowledgements(operations, grace: grace))
        let tags = EntryTags(history, promises)
        let excused = EmptyReads.allExcused(in: history)
        let groups = OperationsByKey(operations, keys: history.keys.count) { _ in true }
        var findings = Findings(history, keeping: maximumViolations)
        var examined = 0
        for key in 0..<groups.keyCount where !groups[key].isEmpty {
            let positions = excused.isEmpty ? groups[key] : groups[key].filter { !excused.contains($0) }[...]
            examined += examineMembers(positions, of: operations, promises, tags, &findings)
        }
        // What was not applied in time may yet take an entry along, so a grace makes no difference here.
        var outsiders = TagOutsiders(history, Acknowledgements(operations, grace: nil), lifetimes: lifetimes)
        for key in 0..<groups.keyCount where !groups[key].isEmpty {
            examined += outsiders.examine(groups[key], &findings)
        }
        return findings.report(
            check: name, examined: examined,
            reason: examined == 0
                ? "no entry was met in a cache layer after an acknowledged invalidation of a tag" : nil)
    }

    private func examineMembers(
        _ positions: ArraySlice<Int32>, of operations: [Operation], _ promises: TagPromises, _ tags: EntryTags,
        _ findings: inout Findings
    ) -> Int {
        var sources: EntrySources?
        var examined = 0
        for position in positions {
            let met = operations[Int(position)]
            guard met.kind == .read || met.kind == .inspect, met.outcome == .ok, met.layer != .origin, !met.isAbsent
            else { continue }
            let carried = tags.carried(by: met)
            guard let strongest = promises.strongest(for: met, carrying: carried) else { continue }
            if sources == nil { sources = EntrySources(positions, of: operations) }
            if sources!.anythingMayBeWritten(before: met) { continue }
            examined += 1
            let source = sources!.last(for: met)
            var promise: RisingPromises.Step? = strongest
            if let source, operations[Int(source)].settledEnd >= strongest.threshold {
                guard operations[Int(source)].settledEnd == strongest.threshold else { continue }
                promise = promises.equals(of: strongest, for: met, carrying: carried).first {
                    sources!.allPrecede(operations[Int($0.operation)], for: met)
                }
            }
            guard let promise else { continue }
            report(met, promise, source.map { operations[Int($0)] }, operations, &findings)
        }
        return examined
    }

    private func report(
        _ met: Operation, _ promise: RisingPromises.Step, _ source: Operation?, _ operations: [Operation],
        _ findings: inout Findings
    ) {
        let invalidation = operations[Int(promise.operation)]
        var proof = [invalidation, met]
        if let source { proof.append(source) }
        if let apply = promise.apply { proof.append(operations[Int(apply)]) }
        findings.add(
            rule: "After an acknowledged invalidation of a tag, no older entry that carries it is met.", proof
        ) {
            let carries =
                met.tagSet == 0 ? "was filled with the tag \($0.tags(invalidation))" : "carries \($0.tags(met))"
            return "\($0.key(met)) \(carries), and was "
                + "\(source == nil ? "never loaded" : "last loaded before the invalidation began"), yet "
                + "\(met.layer.name) of \($0.instance(met)) still had it "
                + "\(Duration.text(from: promise.since, to: met.start)) after the invalidation held there."
        }
    }
}

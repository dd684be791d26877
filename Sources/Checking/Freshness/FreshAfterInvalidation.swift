import History

/// No stale read after an acknowledged invalidation.
///
/// **Rule.** An invalidation of a key raises a watermark: the newest version whose write had finished before the
/// invalidation began. A read that begins after the watermark was raised returns no less. An invalidation of a tag
/// raises it for every key, towards reads that carry the tag. A write or delete raises its own version. For whom and
/// from when the watermark holds depends on the ``Operation/Scope``: `cluster`, every reader from the end of the
/// operation; `instance`, the readers of its own instance from its end, those of another from the end of the `apply`
/// there, and with a ``grace`` every reader once it is over; `none`, no reader. An operation that failed, or whose
/// outcome is unknown, raises no watermark.
///
/// Reads are judged by their version, whatever layer served them. A read that found nothing, by a client that cannot
/// know the version of a deletion, is lawful if the watermark or something newer may have been a deletion.
///
/// **A pass proves** that no read of this history returned what an acknowledged invalidation had forbidden. It allows
/// old values as long as no operation promised otherwise: only reads for which there is a watermark are examined, so a
/// cache that never acknowledges gets `unknown`. A read whose entry lost its tags on the way is judged by its key only.
///
/// **Complexity.** O(n log n).
public struct FreshAfterInvalidation: Check {
    /// The name in scenario files and reports: `fresh-after-invalidation`.
    public let name = "fresh-after-invalidation"

    /// How long after its end, in nanoseconds, an announced write or invalidation must have been applied everywhere:
    /// an instance that has not applied it by then is held to it. `nil`: an instance is held only to what it applied.
    public var grace: Int64?
    /// How many violations are reported; all are counted. With 0 they are counted only.
    public var maximumViolations: Int

    /// Makes the check; each argument is the property of the same name.
    public init(grace: Int64? = nil, maximumViolations: Int = 10) {
        self.grace = grace
        self.maximumViolations = maximumViolations
    }

    /// Judges a history. O(n log n).
    /// - Returns: a violation with its proof, a pass if every operation that the rule concerns was judged, or unknown
    ///   with the reason.
    public func examine(_ history: History) -> CheckReport {
        let operations = history.operations
        let acknowledgements = Acknowledgements(operations, grace: grace)
        let tags = TagPromises(history, acknowledgements)
        let groups = OperationsByKey(operations, keys: history.keys.count) {
            $0.kind == .invalidate || $0.concernsRegister
        }
        var findings = Findings(history, keeping: maximumViolations)
        var examined = 0
        var keysWithoutVersions = 0
        var emptyReads = EmptyReads(history, groups)
        for key in 0..<groups.keyCount where !groups[key].isEmpty {
            let evidence = LabellingEvidence(groups[key], of: operations)
            guard evidence.labelling == .versions else {
                keysWithoutVersions += 1
                continue
            }
            let positions = emptyReads.withoutExcused(groups[key], evidence)
            let writes = FinishedWrites(positions, of: operations)
            let watermarks = watermarks(positions, of: operations, writes, acknowledgements)
            var tombstones: Tombstones?
            for position in positions where operations[Int(position)].kind == .read {
                let read = operations[Int(position)]
                let step = watermarks.strongest(before: read, of: operations)
                var watermark = step.map { Watermark(version: $0.threshold, raiser: $0) }
                if read.tagSet != 0, let other = tagFloor(for: read, tags, writes, operations),
                    other.version > watermark?.version ?? 0
                {
                    watermark = other
                }
                guard let watermark else { continue }
                examined += 1
                guard read.version < watermark.version else { continue }
                if read.isAbsentRead {
                    if tombstones == nil { tombstones = Tombstones(positions, of: operations) }
                    if tombstones!.anyMayLie(before: read, from: watermark.version) { continue }
                }
                report(read, watermark, writes, operations, &findings)
            }
        }
        return findings.report(
            check: name, examined: examined,
            reason: Labelling.reason(keysWithoutVersions: keysWithoutVersions)
                ?? (examined == 0 ? Self.nothing(operations) : nil))
    }

    /// Why nothing was examined.
    private static func nothing(_ operations: [Operation]) -> String {
        let reason = "no read began after an acknowledged invalidation or write of its key or tags"
        let unscoped = operations.count {
            ($0.kind == .invalidate || $0.kind == .invalidateTag) && $0.scope == .none && $0.outcome == .ok
        }
        guard unscoped > 0 else { return reason }
        return reason + "; \(unscoped) invalidation(s) have no scope (cluster or instance), so they promise nothing"
    }

    private struct Watermark {
        let version: Int64
        let raiser: RisingPromises.Step
    }

    /// What the invalidations of its tags leave to a read of a key.
    private func tagFloor(
        for read: Operation, _ tags: TagPromises, _ writes: FinishedWrites, _ operations: [Operation]
    ) -> Watermark? {
        let carried = tags.numbers(of: read.tagSet)
        guard let strongest = tags.strongest(for: read, carrying: carried) else { return nil }
        let steps =
            writes.touches(strongest.threshold) ? tags.equals(of: strongest, for: read, carrying: carried) : [strongest]
        var watermark: Watermark?
        for step in steps {
            guard let write = writes.newest(before: operations[Int(step.operation)]) else { continue }
            let version = operations[Int(write)].version
            if version > watermark?.version ?? 0 { watermark = Watermark(version: version, raiser: step) }
        }
        return watermark
    }

    private func watermarks(
        _ positions: ArraySlice<Int32>, of operations: [Operation], _ writes: FinishedWrites,
        _ acknowledgements: Acknowledgements
    ) -> PromisesByReader {
        var watermarks = PromisesByReader()
        for position in positions where operations[Int(position)].kind != .read {
            let operation = operations[Int(position)]
            var version = operation.version
            if operation.kind == .invalidate {
                guard let write = writes.newest(before: operation) else { continue }
                version = operations[Int(write)].version
            }
            for promise in acknowledgements.promises(of: operation) {
                watermarks.append(
                    RisingPromises.Step(promise, of: position, threshold: version), for: promise.reader)
            }
        }
        watermarks.sort()
        return watermarks
    }

    private func report(
        _ read: Operation, _ watermark: Watermark, _ writes: FinishedWrites, _ operations: [Operation],
        _ findings: inout Findings
    ) {
        let raiser = operations[Int(watermark.raiser.operation)]
        let write = raiser.isWriting ? nil : writes.newest(before: raiser)
        findings.addStaleRead(
            read, watermark: watermark.version, raiser: raiser, write: write.map { operations[Int($0)] },
            apply: watermark.raiser.apply.map { operations[Int($0)] }, since: watermark.raiser.since)
    }
}

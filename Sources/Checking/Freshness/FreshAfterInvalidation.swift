import History

/// No stale read after an acknowledged invalidation.
///
/// **Rule.** An invalidation of a key raises a floor: the newest version whose write had finished before the
/// invalidation began. A read that begins after the floor was raised returns no less. An invalidation of a tag raises it
/// for every key, towards reads that carry the tag. A write or delete raises its own version. For whom and from when the
/// floor holds depends on the ``Operation/Scope``: `cluster`, every reader from the end of the operation; `instance`, the
/// readers of its own instance from its end, those of another from the end of the `apply` there; `none`, nobody. An
/// operation that failed, or whose outcome is unknown, raises no floor.
///
/// Reads are judged by their version, whatever layer served them.
///
/// **A pass proves** that no read of this history returned what an acknowledged invalidation had forbidden. It allows old
/// values as long as nobody promised otherwise: only reads for which there is a floor are examined, so a cache that never
/// acknowledges gets `unknown`. A read whose entry lost its tags on the way is judged by its key only.
///
/// **Complexity.** O(n log n).
public struct FreshAfterInvalidation: Check {
    public let name = "fresh-after-invalidation"

    /// How many violations are reported; all are counted. With 0 they are counted only.
    public var maximumViolations: Int

    public init(maximumViolations: Int = 10) { self.maximumViolations = maximumViolations }

    public func examine(_ history: History) -> CheckReport {
        let operations = history.operations
        let acknowledgements = Acknowledgements(operations)
        let tags = TagPromises(history, acknowledgements)
        let groups = OperationsByKey(operations, keys: history.keys.count) {
            $0.kind == .invalidate || $0.concernsRegister
        }
        var findings = Findings(history, keeping: maximumViolations)
        var examined = 0
        var keysWithoutVersions = 0
        for key in 0..<groups.keyCount where !groups[key].isEmpty {
            let positions = groups[key]
            guard Labelling(positions, of: operations) == .versions else {
                keysWithoutVersions += 1
                continue
            }
            let writes = FinishedWrites(positions, of: operations)
            let floors = floors(positions, of: operations, writes, acknowledgements)
            for position in positions where operations[Int(position)].kind == .read {
                let read = operations[Int(position)]
                var floor = floors.strongest(for: read.instance, before: read.start).map {
                    Floor(version: $0.threshold, raiser: $0)
                }
                if read.tagSet != 0, let step = tags.strongest(for: read),
                    let write = writes.newest(before: step.threshold)
                {
                    let version = operations[Int(write)].version
                    if version > floor?.version ?? 0 { floor = Floor(version: version, raiser: step) }
                }
                guard let floor else { continue }
                examined += 1
                if read.version < floor.version { report(read, floor, writes, operations, &findings) }
            }
        }
        return findings.report(
            check: name, examined: examined,
            reason: Labelling.reason(keysWithoutVersions: keysWithoutVersions)
                ?? (examined == 0
                    ? "no read began after an acknowledged invalidation or write of its key or tags" : nil))
    }

    private struct Floor {
        let version: Int64
        let raiser: RisingPromises.Step
    }

    private func floors(
        _ positions: ArraySlice<Int32>, of operations: [Operation], _ writes: FinishedWrites,
        _ acknowledgements: Acknowledgements
    ) -> PromisesByReader {
        var floors = PromisesByReader()
        for position in positions where operations[Int(position)].kind != .read {
            let operation = operations[Int(position)]
            var version = operation.version
            if operation.kind == .invalidate {
                guard let write = writes.newest(before: operation.start) else { continue }
                version = operations[Int(write)].version
            }
            for promise in acknowledgements.promises(of: operation) {
                let step = RisingPromises.Step(
                    since: promise.since, threshold: version, operation: position, apply: promise.apply)
                floors.append(step, for: promise.reader)
            }
        }
        floors.sort()
        return floors
    }

    private func report(
        _ read: Operation, _ floor: Floor, _ writes: FinishedWrites, _ operations: [Operation],
        _ findings: inout Findings
    ) {
        let raiser = operations[Int(floor.raiser.operation)]
        let write = raiser.isWriting ? nil : writes.newest(before: raiser.start)
        findings.addStaleRead(
            read, floor: floor.version, raiser: raiser, write: write.map { operations[Int($0)] },
            apply: floor.raiser.apply.map { operations[Int($0)] }, since: floor.raiser.since)
    }
}

import History

/// Is what was invalidated gone? For keys and for tags.
///
/// An invalidation raises a *floor* when it is acknowledged: the newest version whose write had ended before the
/// invalidation started; a write or deletion through the cache raises one at its own version. A read that starts after the
/// floor was raised and returns less is a violation.
///
/// For whom the floor is raised, and when, follows from the operation's scope: `.cluster` for all readers when it ends;
/// `.instance` for the readers of its own instance when it ends, and for those of another when that instance's `apply` of
/// it ends; `.none` for nobody. The floor of a tag holds for reads that return an entry with that tag.
///
/// A pass proves that no recorded read got something that had been invalidated for it. It does not prove that values which
/// were never invalidated are current: that is what ``LinearizableByVersions`` and ``BoundedStaleness`` ask.
///
/// O(n log n), and for tags O(invalidations × keys of the group) on top.
public struct FreshAfterInvalidation: Check {
    public let name = "fresh-after-invalidation"

    public init() {}

    /// A floor for one key, valid from a moment on for one instance or (-1) for all.
    private struct Floor {
        let time: Int64
        let instance: Int32
        let version: Int64
        let tag: String?
        let evidence: [Operation]
    }

    public func examine(_ history: History) -> CheckReport {
        let applications = history.applicationsByCause()
        let writesByKey = history.operationsByKey { $0.isWrite && $0.outcome == .ok }
            .map { $0.sorted { $0.end < $1.end } }
        let tagInvalidations = history.operations.filter { $0.kind == .invalidateTag && $0.outcome == .ok && $0.scope != .none }
        let groups = history.operationsByKey {
            $0.isAnsweredRead
                || ($0.outcome == .ok && $0.scope != .none && ($0.isWrite || $0.kind == .invalidate))
        }
        var examined = 0
        var violations: [Violation] = []
        for (key, operations) in groups.enumerated() {
            let reads = operations.filter { $0.kind == .read }
            guard !reads.isEmpty else { continue }
            let writes = NewestWrite(writesByKey[key])
            var floors: [Floor] = []
            for operation in operations where operation.kind != .read {
                let newest = operation.isWrite ? operation : writes.ended(before: operation.start)
                guard let newest else { continue }
                floors += Self.floors(of: operation, newest: newest, tag: nil, applications)
            }
            let tags = Set(reads.flatMap { history.tags(of: $0) })
            for operation in tagInvalidations {
                guard let tag = history.tags(of: operation).first, tags.contains(tag),
                    let newest = writes.ended(before: operation.start)
                else { continue }
                floors += Self.floors(of: operation, newest: newest, tag: tag, applications)
            }
            guard !floors.isEmpty else { continue }
            examined += judge(reads, floors.sorted { $0.time < $1.time }, history, &violations)
        }
        return CheckReport(
            check: name, examined: examined, violations: violations, whatIsMissing: "read after an invalidation of its key")
    }

    private static func floors(
        of operation: Operation, newest: Operation, tag: String?, _ applications: [Int64: [Operation]]
    ) -> [Floor] {
        let evidence = newest.id == operation.id ? [operation] : [newest, operation]
        let own = Floor(
            time: operation.end, instance: operation.scope == .cluster ? -1 : operation.instance, version: newest.version,
            tag: tag, evidence: evidence)
        guard operation.scope == .instance else { return [own] }
        return [own]
            + (applications[operation.id] ?? []).map { application in
                Floor(
                    time: max(application.end, newest.end), instance: application.instance, version: newest.version, tag: tag,
                    evidence: evidence + [application])
            }
    }

    /// - Returns: how many reads met a floor.
    private func judge(
        _ reads: [Operation], _ floors: [Floor], _ history: History, _ violations: inout [Violation]
    ) -> Int {
        /// The highest floor so far by instance and tag.
        struct Place: Hashable {
            let instance: Int32
            let tag: String?
        }
        var highest: [Place: Floor] = [:]
        var next = 0
        var examined = 0
        for read in reads {
            while next < floors.count, floors[next].time < read.start {
                let floor = floors[next]
                let place = Place(instance: floor.instance, tag: floor.tag)
                if floor.version > highest[place]?.version ?? Int64.min { highest[place] = floor }
                next += 1
            }
            var applying: Floor?
            let tags: [String?] = [nil] + history.tags(of: read)
            for instance in [-1, read.instance] {
                for tag in tags {
                    if let floor = highest[Place(instance: instance, tag: tag)],
                        floor.version > applying?.version ?? Int64.min
                    {
                        applying = floor
                    }
                }
            }
            guard let applying else { continue }
            examined += 1
            if read.version < applying.version {
                violations.append(
                    Violation(
                        rule: applying.tag == nil
                            ? "A read that starts after an invalidation was acknowledged returns nothing older than what "
                                + "was written before it."
                            : "A read that starts after a tag was invalidated returns no entry of the group older than what "
                                + "was written before it.",
                        operations: applying.evidence + [read], in: history))
            }
        }
        return examined
    }
}

/// The newest of one key's writes that had ended by some moment.
struct NewestWrite {
    private let ends: [Int64]
    private let newest: [Operation]

    /// - Parameter writes: in order of their ends.
    init(_ writes: [Operation]) {
        ends = writes.map(\.end)
        var best: [Operation] = []
        best.reserveCapacity(writes.count)
        for write in writes {
            if let last = best.last, last.version > write.version { best.append(last) } else { best.append(write) }
        }
        newest = best
    }

    /// O(log n).
    func ended(before time: Int64) -> Operation? {
        var low = 0
        var high = ends.count
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? newest[low - 1] : nil
    }
}

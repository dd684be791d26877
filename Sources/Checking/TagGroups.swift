import History

/// When a tag is invalidated, does the whole group go, and nothing else?
///
/// *The whole group*: after the invalidation of a tag holds for a reader (by its scope, as in ``FreshAfterInvalidation``),
/// no cache layer gives that reader, or shows an observer, an entry with the tag unless the key was loaded from the origin
/// after the invalidation had started.
///
/// *Nothing else*: what an inspection found in a layer before, and does not carry the tag, the next inspection finds there
/// again, unless something else explains its going: a write, deletion or invalidation of its key, an invalidation of one of
/// its own tags, an eviction, a loss of the whole layer, or its lifetime.
///
/// A pass proves both for what was read and looked at. It proves nothing about members that nobody looked for.
///
/// O(n log n), and O(invalidations × keys) for the first part.
public struct TagGroups: Check {
    public let name = "tags"
    /// How long an entry may stay in a layer, in nanoseconds; what may have expired proves nothing.
    public let lifetimes: [Layer: Int64]
    /// Which host each instance runs on; without it all share one L3.
    public let hosts: [Int32: Int32]

    public init(lifetimes: [Layer: Int64] = [:], hosts: [Int32: Int32] = [:]) {
        self.lifetimes = lifetimes
        self.hosts = hosts
    }

    public func examine(_ history: History) -> CheckReport {
        let invalidations = history.operations.filter {
            $0.kind == .invalidateTag && $0.outcome == .ok && $0.scope != .none
        }
        guard !invalidations.isEmpty else {
            return CheckReport(check: name, examined: 0, violations: [], whatIsMissing: "invalidation of a tag")
        }
        var examined = 0
        var violations: [Violation] = []
        judgeCompleteness(history, invalidations, &examined, &violations)
        judgeRestraint(history, invalidations, &examined, &violations)
        return CheckReport(
            check: name, examined: examined, violations: violations, whatIsMissing: "look at an entry after a tag was invalidated")
    }

    // MARK: The whole group

    private func judgeCompleteness(
        _ history: History, _ invalidations: [Operation], _ examined: inout Int, _ violations: inout [Violation]
    ) {
        let applications = history.applicationsByCause()
        var byTag: [String: [Operation]] = [:]
        for invalidation in invalidations { byTag[history.tags(of: invalidation).first ?? "", default: []].append(invalidation) }
        let groups = history.operationsByKey {
            $0.outcome == .ok
                && ($0.kind == .load || ($0.layer < .origin && ($0.kind == .read || ($0.kind == .inspect && !$0.isAbsent))))
        }
        for operations in groups {
            let loads = operations.filter { $0.kind == .load }.sorted { $0.start < $1.start }
            let latestEnds = loads.reduce(into: [Int64]()) { ends, load in ends.append(max(ends.last ?? Int64.min, load.end)) }
            for look in operations where look.kind != .load {
                let tags = history.tags(of: look)
                // The latest end of a load that had started when the look ended.
                let count = loads.partitioningIndex { $0.start > look.end }
                let lastLoad = count > 0 ? latestEnds[count - 1] : Int64.min
                var proof: Operation?
                var wasJudged = false
                for tag in tags {
                    for invalidation in byTag[tag] ?? [] where invalidation.end < look.start {
                        guard Self.holds(invalidation, for: look, applications) else { continue }
                        wasJudged = true
                        if lastLoad < invalidation.start { proof = invalidation }
                    }
                }
                if wasJudged { examined += 1 }
                if let proof {
                    violations.append(
                        Violation(
                            rule: "After a tag was invalidated, no layer gives an entry of its group that was not loaded since.",
                            operations: [proof, look], in: history))
                }
            }
        }
    }

    private static func holds(
        _ invalidation: Operation, for look: Operation, _ applications: [Int64: [Operation]]
    ) -> Bool {
        if invalidation.scope == .cluster || invalidation.instance == look.instance { return true }
        return (applications[invalidation.id] ?? []).contains { $0.instance == look.instance && $0.end < look.start }
    }

    // MARK: Nothing else

    private func judgeRestraint(
        _ history: History, _ invalidations: [Operation], _ examined: inout Int, _ violations: inout [Violation]
    ) {
        let losses = history.operations.filter { $0.kind == .evict && $0.key < 0 }
        let shortest = lifetimes.values.min()
        let groups = history.operationsByKey {
            [.inspect, .invalidate, .evict, .load].contains($0.kind) || ($0.isWrite && $0.instance >= 0)
        }
        for operations in groups {
            var last: [Place: Operation] = [:]
            for look in operations where look.kind == .inspect {
                let place = Place(look.layer, of: look, hosts: hosts)
                defer { last[place] = look }
                guard let before = last[place], !before.isAbsent else { continue }
                let tags = Set(history.tags(of: before))
                let between = invalidations.filter { $0.end > before.start && $0.start < look.end }
                guard !between.isEmpty, between.allSatisfy({ tags.isDisjoint(with: history.tags(of: $0)) }) else { continue }
                examined += 1
                guard look.isAbsent else { continue }
                let isExplained =
                    operations.contains { other in
                        other.kind != .inspect && other.kind != .load && other.end >= before.start && other.start <= look.end
                            && (other.kind != .evict || Place(other.layer, of: other, hosts: hosts) == place)
                    }
                    || losses.contains { $0.instance == look.instance && $0.end >= before.start && $0.start <= look.end }
                    || mayHaveExpired(before, at: look.end, operations, shortest)
                if isExplained { continue }
                violations.append(
                    Violation(
                        rule: "The invalidation of a tag leaves alone what does not carry it.",
                        operations: [before, between[0], look], in: history))
            }
        }
    }

    /// Whether the shortest lifetime since the entry's last load is over.
    private func mayHaveExpired(_ look: Operation, at time: Int64, _ operations: [Operation], _ shortest: Int64?) -> Bool {
        guard let shortest else { return false }
        let load = operations.last { $0.kind == .load && $0.version == look.version && $0.start <= look.end }
        return load.map { time > $0.start + shortest } ?? true
    }
}

import Checking
import History

/// "When all is over, does every layer of every instance agree with the origin?"
enum NaiveConvergence {
    static func convergence(_ history: History) -> NaiveRuling {
        var ruling = NaiveRuling()
        for key in history.keys.indices {
            let operations = history.operations.filter { $0.key == key }
            let looks = operations.filter { $0.kind == .inspect && $0.outcome == .ok }
            guard NaiveNames(operations).areVersions else {
                if operations.contains(where: { $0.kind == .inspect }) { ruling.isDoubtful = true }
                continue
            }
            let tags = operations.reduce(into: Set<String>()) { $0.formUnion(history.tagNames($1)) }
            let changes = history.operations.filter {
                $0.kind == .invalidateTag
                    ? !tags.isDisjoint(with: history.tagNames($0)) : $0.isChange && $0.key == key
            }
            // "Judged are the last inspections of each place that come after every write, delete and invalidation of
            // the key, whatever their outcome."
            let judged = looks.filter { look in look.layer != .origin && changes.allSatisfy { isOver($0, before: look) }
            }
            let writes = operations.filter { $0.isWriteOrDelete }
            let seen = looks.filter { look in writes.allSatisfy { isOver($0, before: look) } }
            let loads = operations.filter { load in
                load.kind == .load && load.outcome == .ok && writes.allSatisfy { isOver($0, before: load) }
            }
            let truth = Truth(writes: writes.filter { $0.outcome != .failed }, looks: seen, loads: loads)
            for place in Dictionary(grouping: judged, by: Place.init).values {
                ruling.examine(isBroken: !last(place).contains { $0.isAbsent || truth.allows($0) })
            }
        }
        return ruling
    }

    /// "What never returned is taken to have ended when it began."
    private static func isOver(_ change: Operation, before look: Operation) -> Bool {
        var change = change
        change.outcome = .ok
        if !change.hasReturned { change.end = change.start }
        return change.precedes(look)
    }

    /// "The one with the latest start, of those the one with the latest end; if several have the same stamps, one that
    /// agrees is enough."
    private static func last(_ looks: [Operation]) -> [Operation] {
        looks.filter { look in looks.allSatisfy { ($0.start, $0.end) <= (look.start, look.end) } }
    }

    /// "A place is a layer of an instance, for L1 of a worker."
    private struct Place: Hashable {
        let layer: Layer
        let instance: Int32
        let worker: Int32

        init(_ look: Operation) {
            layer = look.layer
            instance = look.instance
            worker = look.layer == .l1 ? look.worker : -1
        }
    }

    private struct Truth {
        let writes: [Operation]
        /// Inspections after the last write.
        let looks: [Operation]
        /// Loads after the last write.
        let loads: [Operation]

        func allows(_ look: Operation) -> Bool {
            let origin = looks.filter { $0.layer == .origin }
            let certain = writes.filter { $0.outcome == .ok }.map(\.version)
            if certain.count == writes.count {
                // "The truth is the last inspection of the origin after the last write; without one, the newest version
                // that certainly was written." If nothing was written, the last load.
                if origin.isEmpty { return look.version == certain.max() ?? loads.last?.version ?? 0 }
                return NaiveConvergence.last(origin).contains {
                    $0.version == look.version || $0.isAbsent && (look.isTombstone || look.version == 0)
                }
            }
            // "An entry is then wrong only if it is older than something seen before, newer than the origin was seen
            // to be afterwards, or of a version that no write can have."
            let before = certain + (looks + loads).filter { $0.precedes(look) && !$0.isAbsent }.map(\.version)
            let after = origin.filter { look.precedes($0) }.map(\.version)
            let isWritable =
                look.version == 0
                || writes.contains {
                    $0.version == look.version || $0.outcome == .unknown && $0.version == 0
                }
            return isWritable && before.allSatisfy { $0 <= look.version } && after.allSatisfy { $0 >= look.version }
        }
    }
}

enum NaiveSerialisation {
    /// "A read, a load, a fill or an inspection of a version (outcome `ok`, not absent) has the value with which that
    /// version was written."
    static func serialisation(_ history: History) -> NaiveRuling {
        var ruling = NaiveRuling()
        for found in history.operations where [.read, .load, .fill, .inspect].contains(found.kind) {
            guard found.outcome == .ok, !found.isAbsent, found.version != 0 else { continue }
            let writes = history.operations.filter { $0.isWriteOrDelete && $0.key == found.key }
            let certain = writes.filter { $0.outcome == .ok && $0.version == found.version }
            // "A version without such a write belongs to one of the writes of unknown outcome that have this version,
            // or version 0: then any of their values is right."
            let uncertain = writes.filter { $0.outcome == .unknown && [0, found.version].contains($0.version) }
            let right = (certain.isEmpty ? uncertain : certain).map(\.value)
            // "If there is none, or one of those that may have written it has no value (0), it is not judged."
            if right.isEmpty || right.contains(0) { continue }
            if found.value != 0 || found.isTombstone { ruling.examine(isBroken: !right.contains(found.value)) }
        }
        return ruling
    }
}

import Checking
import History

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

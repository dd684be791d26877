import Checking
import History

enum NaiveFreshness {
    /// "The staleness of a read is the time between the earliest end of a write (outcome `ok`) of a newer version and
    /// the start of the read, or 0 if no such write had ended. A read over the limit is a violation, one exactly at it
    /// is not."
    static func staleness(_ history: History, limit: Int64?) -> NaiveRuling {
        judge(history) { read, writes in
            let tombstones = writes.filter { $0.isTombstoneWrite && !read.precedes($0) }
            // "An absent read stands for the highest version of the tombstones that may lie before it, or for 0."
            let version = read.isAbsentRead ? tombstones.map(\.version).max() ?? 0 : read.version
            let newer = writes.filter { $0.outcome == .ok && $0.version > version }
            let age = newer.map { Int128(read.start) - Int128($0.end) }.max() ?? 0
            guard let limit else { return false }
            return max(0, age) > Int128(limit)
        }
    }

    /// "Once acknowledged an invalidation raises a *floor*. A read that comes after the floor was raised and returns
    /// less is stale, whatever layer served it."
    static func fresh(_ history: History, grace: Int64?) -> NaiveRuling {
        judge(history) { read, writes in
            let raisers = history.operations.filter { isAcknowledged($0, to: read, grace: grace, in: history) }
            let floors = raisers.compactMap { floor($0, for: read, writes, in: history) }
            guard let floor = floors.max() else { return nil }
            guard read.isAbsentRead else { return read.version < floor }
            return !writes.contains { $0.isTombstoneWrite && $0.version >= floor && !read.precedes($0) }
        }
    }

    /// "The newest version whose write (outcome `ok`) precedes the invalidation. A write or delete raises a floor at
    /// its own version."
    private static func floor(
        _ raiser: Operation, for read: Operation, _ writes: [Operation], in history: History
    ) -> Int64? {
        let isConcerned =
            raiser.kind == .invalidateTag
            ? !history.tagNames(raiser).isDisjoint(with: history.tagNames(read)) : raiser.key == read.key
        guard isConcerned else { return nil }
        if raiser.isWriteOrDelete { return raiser.version }
        return writes.filter { $0.outcome == .ok && $0.precedes(raiser) }.map(\.version).max()
    }

    /// Whether the floor that a write or an invalidation raises holds for a read, by the table of scopes.
    static func isAcknowledged(
        _ raiser: Operation, to read: Operation, grace: Int64?, in history: History
    ) -> Bool {
        guard raiser.isChange, raiser.outcome == .ok else { return false }
        switch raiser.scope {
        case .none: return false
        case .cluster: return raiser.precedes(read)
        case .instance:
            if let grace, Int128(read.start) > Int128(raiser.end) + Int128(grace) { return true }
            if raiser.instance == read.instance { return raiser.precedes(read) }
            return history.operations.contains {
                $0.kind == .apply && $0.outcome == .ok && $0.cause == raiser.id && $0.instance == read.instance
                    && $0.precedes(read)
            }
        }
    }

    /// - Parameter isBroken: of a read and the writes of its key; `nil` if the read is not examined.
    private static func judge(
        _ history: History, _ isBroken: (Operation, [Operation]) -> Bool?
    ) -> NaiveRuling {
        var ruling = NaiveRuling()
        for (reads, writes, names) in history.registers {
            guard names.areVersions else {
                ruling.isDoubtful = true
                continue
            }
            for read in reads {
                if let isBroken = isBroken(read, writes) { ruling.examine(isBroken: isBroken) }
            }
        }
        return ruling
    }
}

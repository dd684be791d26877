import Checking
import History

/// "At most one load (or `limit`) of a key is in flight at a time, in an instance or in the cluster."
struct NaiveLoads {
    private let history: History
    private let scope: Loads.Scope
    private let takesLinesInOrder: Bool

    /// - Parameter takesLinesInOrder: a fault: of loads that begin together, the upper line counts against the lower
    ///   one.
    static func loads(
        _ history: History, _ scope: Loads.Scope, limit: Int, takesLinesInOrder: Bool = false
    ) -> NaiveRuling {
        let referee = Self(history: history, scope: scope, takesLinesInOrder: takesLinesInOrder)
        var ruling = NaiveRuling()
        // "Failed loads count; loads that never returned do not."
        let loads = history.operations.filter { $0.kind == .load && $0.hasReturned }
        for load in loads {
            let counting = loads.filter { earlier in
                referee.counts(earlier, against: load) && referee.isEarlier(earlier, than: load)
            }
            ruling.examine(isBroken: counting.count >= limit)
        }
        return ruling
    }

    /// "Loads are taken in order of their starts, those that begin together in order of their ends." Which of two with
    /// the same stamps is taken first makes no difference.
    private func isEarlier(_ earlier: Operation, than later: Operation) -> Bool {
        if takesLinesInOrder { return (earlier.start, earlier.id) < (later.start, later.id) }
        return (earlier.start, earlier.end, earlier.id) < (later.start, later.end, later.id)
    }

    private func counts(_ earlier: Operation, against later: Operation) -> Bool {
        let areTogether = scope == .cluster || earlier.instance == later.instance
        return areTogether && earlier.key == later.key && later.start < earlier.end
            && (takesLinesInOrder || earlier.start < later.end)
            && !history.operations.contains { separates($0, earlier, later) }
    }

    /// "An invalidation separates *a* from *b* if it may have come after *a* began and before *b* did: start ≤
    /// start(b), and end ≥ start(a)."
    private func separates(_ invalidation: Operation, _ earlier: Operation, _ later: Operation) -> Bool {
        guard invalidation.outcome != .failed, invalidation.start <= later.start, invalidation.end >= earlier.start
        else { return false }
        return invalidates(invalidation, for: later)
    }

    private func invalidates(_ operation: Operation, for load: Operation) -> Bool {
        switch operation.kind {
        case .write, .delete, .invalidate: return operation.key == load.key
        case .evict: return operation.key == -1
        case .invalidateTag: return isOfTag(operation, load)
        // "An `apply`, in the instance of *b* (with the scope `cluster`: in any), that names the key, or such a tag, or
        // neither a key nor a tag."
        case .apply:
            let namesNothing = operation.key == -1 && history.tagNames(operation).isEmpty
            return (scope == .cluster || operation.instance == load.instance)
                && (operation.key == load.key || isOfTag(operation, load) || namesNothing)
        default: return false
        }
    }

    /// "A tag that *b* carries, or any load of the key that began no later than *b*."
    private func isOfTag(_ invalidation: Operation, _ load: Operation) -> Bool {
        history.operations.contains {
            $0.kind == .load && $0.key == load.key && $0.start <= load.start
                && !history.tagNames($0).isDisjoint(with: history.tagNames(invalidation))
        }
    }
}

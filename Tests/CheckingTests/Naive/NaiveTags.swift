import Checking
import History

struct NaiveTags {
    private let history: History
    private let lifetimes: [Layer: Int64]
    private let grace: Int64?
    private var places: NaivePlaces { NaivePlaces(history: history) }

    static func tags(_ history: History, lifetimes: [Layer: Int64], grace: Int64?) -> NaiveRuling {
        let referee = Self(history: history, lifetimes: lifetimes, grace: grace)
        return referee.complete + referee.nothingElse
    }

    /// "After an acknowledged invalidation of a tag, no read or inspection (outcome `ok`) meets an entry with the tag
    /// in a cache layer, unless a load or a write of its key, version and value (not failed) may have come after the
    /// invalidation."
    private var complete: NaiveRuling {
        var ruling = NaiveRuling()
        for met in history.operations where met.meetsEntry && !met.isExcused(in: history) {
            let tags = tagsOfEntry(met)
            let raisers = history.operations.filter {
                $0.kind == .invalidateTag && !history.tagNames($0).isDisjoint(with: tags)
                    && NaiveFreshness.isAcknowledged($0, to: met, grace: grace, in: history)
            }
            let sources = history.operations.filter {
                $0.key == met.key && ($0.kind == .load || $0.isWriteOrDelete) && $0.outcome != .failed
                    && !met.precedes($0)
            }
            // "If a load or write of the key with outcome `unknown`, version 0 and value 0 may lie before what met the
            // entry, that is not judged."
            let isUncertain = sources.contains { $0.outcome == .unknown && $0.version == 0 && $0.value == 0 }
            if raisers.isEmpty || isUncertain { continue }
            let explaining = sources.filter { $0.version == met.version && $0.value == met.value }
            ruling.examine(isBroken: !raisers.allSatisfy { raiser in explaining.contains { !$0.precedes(raiser) } })
        }
        return ruling
    }

    /// "An entry carries the tags with which it is met, and those with which it was filled: the tags that all fills
    /// have that can have provided it."
    private func tagsOfEntry(_ met: Operation) -> Set<String> {
        history.tagNames(met).union(tagsOfFills(places.fills(of: met.layer, thatCanProvide: met)))
    }

    private func tagsOfFills(_ fills: [Operation]) -> Set<String> {
        let sets = fills.map { fill in
            var tags = history.tagNames(fill)
            // "A fill from another cache layer has, besides its own tags, those that all fills have that can have
            // provided its source."
            if fill.source != .origin && fill.source != fill.layer {
                tags.formUnion(tagsOfFills(places.fills(of: fill.source, thatCanProvide: fill)))
            }
            return tags
        }
        return sets.dropFirst().reduce(sets.first ?? []) { $0.intersection($1) }
    }

    /// "An entry that an inspection found, and that does not carry the tag by what the inspection says, is seen at the
    /// next inspection of the same place, if the one precedes the invalidation and that precedes the other."
    private var nothingElse: NaiveRuling {
        var ruling = NaiveRuling()
        let looks = history.operations.filter { $0.kind == .inspect && $0.outcome == .ok && $0.layer != .origin }
        for first in looks where !first.isAbsent {
            let place = looks.filter {
                $0.key == first.key && $0.layer == first.layer && $0.instance == first.instance
                    && ($0.layer != .l1 || $0.worker == first.worker)
            }
            let later = place.filter { ($0.start, $0.end) > (first.start, first.end) }
            guard let next = later.min(by: { ($0.start, $0.end) < ($1.start, $1.end) }) else { continue }
            // Inspections of one place with the same stamps that differ say nothing.
            func isClear(_ look: Operation) -> Bool {
                place.allSatisfy { ($0.start, $0.end) != (look.start, look.end) || $0.isAbsent == look.isAbsent }
            }
            guard isClear(first), isClear(next) else { continue }
            let tags = tagsSeen(first)
            let isThreatened = history.operations.contains {
                $0.kind == .invalidateTag && $0.outcome == .ok && first.precedes($0)
                    && history.tagNames($0).isDisjoint(with: tags)
                    && NaiveFreshness.isAcknowledged($0, to: next, grace: nil, in: history)
            }
            if isThreatened { ruling.examine(isBroken: next.isAbsent && !hasExcuse(first, next, tags)) }
        }
        return ruling
    }

    /// The tags of the inspection and of any fill of its key, version and value.
    private func tagsSeen(_ look: Operation) -> Set<String> {
        let fills = history.operations.filter {
            $0.kind == .fill && $0.key == look.key && $0.version == look.version && $0.value == look.value
        }
        return (fills + [look]).reduce(into: []) { $0.formUnion(history.tagNames($1)) }
    }

    /// "…unless a write, delete or invalidation of its key, another tag of its own, an eviction, a refill, an
    /// application that came late, or its age accounts for its absence."
    private func hasExcuse(_ first: Operation, _ next: Operation, _ tags: Set<String>) -> Bool {
        history.operations.contains { excuse in
            guard excuse.outcome != .failed, !next.precedes(excuse) else { return false }
            switch excuse.kind {
            case .write, .delete, .invalidate: return excuse.key == first.key && !isOver(excuse, before: first)
            case .invalidateTag:
                return !history.tagNames(excuse).isDisjoint(with: tags) && !isOver(excuse, before: first)
            case .apply: return concerns(excuse, first, tags) && !excuse.precedes(first)
            case .evict, .fill:
                return (excuse.key == first.key || excuse.key == -1) && excuse.layer == first.layer
                    && places.areOne(first.layer, excuse, first) && !excuse.precedes(first)
            default: return false
            }
        } || mayBeTooOld(first, next)
    }

    /// Whether an application may have taken the entry: by what it names, or by what its cause was.
    private func concerns(_ apply: Operation, _ look: Operation, _ tags: Set<String>) -> Bool {
        guard look.layer >= .l3 || apply.instance == look.instance else { return false }
        let causes = history.operations.filter { $0.id == apply.cause }
        let named = causes + [apply]
        let namesNothing = named.allSatisfy { $0.key == -1 && history.tagNames($0).isEmpty }
        return namesNothing
            || named.contains { $0.key == look.key || !history.tagNames($0).isDisjoint(with: tags) }
    }

    /// Whether a write or an invalidation can have had no effect any more on what came after an inspection.
    private func isOver(_ change: Operation, before look: Operation) -> Bool {
        guard change.precedes(look) else { return false }
        guard change.scope == .instance, change.instance != look.instance else { return true }
        return history.operations.contains {
            $0.kind == .apply && $0.outcome == .ok && $0.cause == change.id && $0.instance == look.instance
                && $0.precedes(look)
        }
    }

    private func mayBeTooOld(_ first: Operation, _ next: Operation) -> Bool {
        lifetimes.contains { layer, lifetime in
            guard layer >= first.layer else { return false }
            let fills = places.fills.filter { $0.key == first.key && $0.layer == layer && !first.precedes($0) }
            return fills.isEmpty || fills.contains { Int128(next.end) >= Int128($0.start) + Int128(lifetime) }
        }
    }
}

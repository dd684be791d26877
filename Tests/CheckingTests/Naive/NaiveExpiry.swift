import Checking
import History

/// "The deadline of an entry is computed from its fills: the end of the fill plus the lifetime of the layer; and no
/// later than the deadline of the entry in the outer layer from which it was filled."
struct NaiveExpiry {
    private let lifetimes: [Layer: Int64]
    private let tolerance: Int64
    private let places: NaivePlaces

    static func expiry(
        _ history: History, lifetimes: [Layer: Int64], tolerance: Int64, hosts: [Int32: Int32]?
    ) -> NaiveRuling {
        Self(
            lifetimes: lifetimes, tolerance: tolerance, places: NaivePlaces(history: history, hosts: hosts ?? [:])
        ).ruling
    }

    private var ruling: NaiveRuling {
        var ruling = NaiveRuling()
        for met in places.history.operations where met.meetsEntry && !met.isExcused(in: places.history) {
            // "A layer into which nothing at all was filled in the whole history was not recorded. What it served is
            // not judged, and if it has a lifetime the verdict is `unknown`."
            guard places.fills.contains(where: { $0.layer == met.layer }) else {
                if lifetimes[met.layer] != nil { ruling.isDoubtful = true }
                continue
            }
            let fills = places.fills(of: met.layer, thatCanProvide: met)
            if fills.isEmpty && met.kind == .inspect { continue }
            ruling.examine(isBroken: fills.isEmpty || isDead(fills, at: met.start))
        }
        for fill in places.fills where fill.outcome == .ok && fill.source != .origin {
            let fills = places.fills(of: fill.source, thatCanProvide: fill)
            if !fills.isEmpty { ruling.examine(isBroken: isDead(fills, at: taken(fill))) }
        }
        return ruling
    }

    /// When a fill may have taken its entry from the source at the earliest.
    private func taken(_ fill: Operation) -> Int64 {
        let reads = places.history.operations.filter {
            $0.kind == .read && $0.key == fill.key && $0.instance == fill.instance && $0.start <= fill.start
                && fill.start <= $0.end
        }
        return (reads + [fill]).map(\.start).min()!
    }

    private func isDead(_ fills: [Operation], at start: Int64) -> Bool {
        guard let deadline = latestDeadline(fills) else { return false }
        return Int128(start) > deadline + Int128(tolerance)
    }

    /// "Of several fills that can have provided an entry the latest deadline counts"; `nil` if one of them has none.
    private func latestDeadline(_ fills: [Operation]) -> Int128? {
        let deadlines = fills.map(deadline)
        return deadlines.contains(nil) ? nil : deadlines.compactMap(\.self).max()
    }

    private func deadline(_ fill: Operation) -> Int128? {
        var bounds: [Int128] = []
        // "A fill of unknown outcome may come at any time: its own lifetime bounds nothing."
        if let lifetime = lifetimes[fill.layer], fill.outcome == .ok {
            bounds.append(Int128(fill.end) + Int128(lifetime))
        }
        // "A fill from the origin, from its own layer, from an inner one, or from an outer entry that no fill
        // explains, is bounded by its own lifetime only."
        if fill.source > fill.layer && fill.source != .origin {
            let outer = places.fills(of: fill.source, thatCanProvide: fill)
            if !outer.isEmpty, let deadline = latestDeadline(outer) { bounds.append(deadline) }
        }
        return bounds.min()
    }
}

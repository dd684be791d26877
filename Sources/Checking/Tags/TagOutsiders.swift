import History

/// Entries that the invalidation of a tag which they do not carry made vanish.
struct TagOutsiders {
    private struct Spot: Hashable {
        let layer: Layer
        let instance: Int32
        let worker: Int32

        static func < (left: Spot, right: Spot) -> Bool {
            (left.layer, left.instance, left.worker) < (right.layer, right.instance, right.worker)
        }
    }

    private struct Content: Hashable {
        let version: Int64
        let value: Int64
    }

    private let history: History
    private let operations: [Operation]
    private let acknowledgements: Acknowledgements
    private let lifetimes: [Layer: Int64]
    /// Invalidations of tags, in order of starts.
    private let invalidations: [Operation]
    /// Evictions that name no key: a layer was emptied.
    private let clearings: [Operation]
    private let applies: [Operation]
    private var byID: [Int64: Operation]?

    init(_ history: History, _ acknowledgements: Acknowledgements, lifetimes: [Layer: Int64]) {
        self.history = history
        operations = history.operations
        self.acknowledgements = acknowledgements
        self.lifetimes = lifetimes
        invalidations = operations.filter { $0.kind == .invalidateTag && $0.outcome != .failed }
        clearings = operations.filter { $0.kind == .evict && $0.key < 0 }
        applies = operations.filter { $0.kind == .apply && $0.outcome != .failed }
    }

    /// Judges the inspections of one key.
    /// - Returns: how many pairs of inspections had the invalidation of a foreign tag between them.
    mutating func examine(_ positions: ArraySlice<Int32>, _ findings: inout Findings) -> Int {
        guard !invalidations.isEmpty else { return 0 }
        var looks: [Spot: [Operation]] = [:]
        for position in positions {
            let inspection = operations[Int(position)]
            guard inspection.kind == .inspect, inspection.outcome == .ok, inspection.layer != .origin else { continue }
            let spot = Spot(
                layer: inspection.layer, instance: inspection.instance,
                worker: inspection.layer == .l1 ? inspection.worker : -1)
            looks[spot, default: []].append(inspection)
        }
        var examined = 0
        let filled = looks.isEmpty ? [:] : tagsOfFills(positions)
        for spot in looks.keys.sorted(by: <) {
            examined += examine(inOrder: looks[spot]!, filled, positions, &findings)
        }
        return examined
    }

    /// Judges the inspections of one key in one place.
    private mutating func examine(
        inOrder looks: [Operation], _ filled: [Content: Set<String>], _ positions: ArraySlice<Int32>,
        _ findings: inout Findings
    ) -> Int {
        let looks = Self.withoutContradictions(looks)
        var examined = 0
        for (before, inspection) in zip(looks, looks.dropFirst()) {
            guard before.outcome == .ok, inspection.outcome == .ok, !before.isAbsent else { continue }
            let own = Set(history.tags(of: before))
                .union(filled[Content(version: before.version, value: before.value)] ?? [])
            guard let invalidation = foreignInvalidation(between: before, and: inspection, own) else { continue }
            examined += 1
            guard inspection.isAbsent, !mayHaveExpired(before, by: inspection.end, positions),
                !isAccountedFor(before, inspection, own, positions)
            else { continue }
            findings.add(
                rule: "The invalidation of a tag leaves entries alone that do not carry it.",
                [before, invalidation, inspection]
            ) {
                "\($0.key(before)) was in \(before.layer.name) of \($0.instance(before)) without the tag "
                    + "\($0.tags(invalidation)), and nothing but its invalidation accounts for its absence."
            }
        }
        return examined
    }

    /// In order of time. Of inspections with the same stamps one is left; where they differ, one that found nothing
    /// stands for an entry that vanished in between, and one that found something for an entry that is still there, so
    /// none is left.
    private static func withoutContradictions(_ looks: [Operation]) -> [Operation] {
        let inOrder = looks.sorted { ($0.start, $0.end, $0.id) < ($1.start, $1.end, $1.id) }
        var result: [Operation] = []
        var index = 0
        while index < inOrder.count {
            let look = inOrder[index]
            let same = inOrder[index...].prefix { $0.start == look.start && $0.end == look.end }
            index += same.count
            let agree = same.allSatisfy {
                ($0.isAbsent, $0.version, $0.value, $0.tagSet) == (look.isAbsent, look.version, look.value, look.tagSet)
            }
            result.append(agree ? look : Operation(kind: .inspect, outcome: .unknown, start: look.start, end: look.end))
        }
        return result
    }

    /// The tags of all fills of the key, by what they filled.
    private func tagsOfFills(_ positions: ArraySlice<Int32>) -> [Content: Set<String>] {
        var tags: [Content: Set<String>] = [:]
        for position in positions {
            let fill = operations[Int(position)]
            guard fill.kind == .fill, fill.tagSet != 0 else { continue }
            tags[Content(version: fill.version, value: fill.value), default: []].formUnion(history.tags(of: fill))
        }
        return tags
    }

    /// An invalidation, of tags that the entry does not carry, that began after the one inspection and held before the
    /// other.
    private func foreignInvalidation(
        between first: Operation, and second: Operation, _ own: Set<String>
    ) -> Operation? {
        let low = invalidations.countOfPrefix { $0.start < first.end }
        for invalidation in invalidations[low...] {
            if invalidation.start > second.start { return nil }
            guard first.precedes(invalidation), own.isDisjoint(with: history.tags(of: invalidation)),
                acknowledgements.holds(invalidation, before: second)
            else { continue }
            return invalidation
        }
        return nil
    }

    private mutating func isAccountedFor(
        _ first: Operation, _ second: Operation, _ own: Set<String>, _ positions: ArraySlice<Int32>
    ) -> Bool {
        for operation in clearings where operation.layer == first.layer {
            if overlaps(operation, first, second) { return true }
        }
        for invalidation in invalidations {
            if !own.isDisjoint(with: history.tags(of: invalidation)), mayTakeEffect(invalidation, first, second) {
                return true
            }
        }
        for position in positions {
            let operation = operations[Int(position)]
            switch operation.kind {
            case .write, .delete, .invalidate:
                if operation.outcome != .failed, mayTakeEffect(operation, first, second) { return true }
            case .evict, .fill:
                let isSamePlace = operation.layer == first.layer
                if isSamePlace, operation.outcome != .failed, overlaps(operation, first, second) { return true }
            default: break
            }
        }
        return isApplied(to: first, second, own)
    }

    /// Whether an instance applied, between the inspections, something that concerns the entry.
    private mutating func isApplied(to first: Operation, _ second: Operation, _ own: Set<String>) -> Bool {
        for apply in applies where overlaps(apply, first, second) {
            if byID == nil {
                byID = Dictionary(operations.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            }
            guard let cause = byID![apply.cause] else { return true }
            if cause.key == first.key || apply.key == first.key { return true }
            if cause.kind == .invalidateTag, !own.isDisjoint(with: history.tags(of: cause)) { return true }
        }
        return false
    }

    private func overlaps(_ operation: Operation, _ first: Operation, _ second: Operation) -> Bool {
        !second.precedes(operation) && !operation.precedes(first)
    }

    /// Whether a write or an invalidation may have taken the entry between the inspections: it overlaps the time
    /// between them, or the instance had not yet applied it.
    private func mayTakeEffect(_ operation: Operation, _ first: Operation, _ second: Operation) -> Bool {
        guard !second.precedes(operation) else { return false }
        if !operation.precedes(first) { return true }
        guard operation.scope == .instance else { return false }
        guard let settled = acknowledgements.settled(operation, at: first.instance) else { return true }
        return settled >= first.start
    }

    /// Whether the oldest fill that can have provided the entry, in this layer or an outer one, was long enough ago.
    private func mayHaveExpired(_ entry: Operation, by time: Int64, _ positions: ArraySlice<Int32>) -> Bool {
        guard let lifetime = lifetimes.filter({ $0.key >= entry.layer }).values.min() else { return false }
        for position in positions {
            let fill = operations[Int(position)]
            guard fill.kind == .fill, fill.version == entry.version, fill.value == entry.value else { continue }
            return time >= fill.start.addingUpToNever(lifetime)
        }
        return true
    }
}

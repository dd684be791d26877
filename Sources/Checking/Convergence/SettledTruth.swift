import History

/// What the origin holds for one key after the last write, and the last inspections of it in each place.
struct SettledTruth {
    /// The operations that show what the origin holds; none if nothing was ever written.
    struct Witness {
        let operations: [Operation]
    }

    /// Where an inspection looked, and which one it was.
    private struct Look {
        let layer: Layer
        let instance: Int32
        let worker: Int32
        let position: Int32

        let start: Int64
        let end: Int64

        func isOfSamePlace(as other: Look) -> Bool {
            layer == other.layer && instance == other.instance && worker == other.worker
        }

        func hasSameStamps(as other: Look) -> Bool { start == other.start && end == other.end }

        /// By place, then by time.
        static func < (left: Look, right: Look) -> Bool {
            (left.layer, left.instance, left.worker, left.start, left.end)
                < (right.layer, right.instance, right.worker, right.start, right.end)
        }
    }

    private let operations: [Operation]
    /// The newest write that certainly happened.
    private var newest: Int32?
    /// Versions of writes that may have happened.
    private var uncertain: Set<Int64> = []
    /// A write of unknown outcome and unknown version may have happened.
    private var anythingMayBeWritten = false
    /// Inspections of the origin after the last write, in order of starts.
    private var looks: [Int32] = []
    /// Loads after the last write, in order of starts. They may have been answered by a replica that lags, so they show
    /// what was written, but not what is the newest.
    private var loads: [Int32] = []
    /// Entries found in caches after the last write, in order of starts.
    private var found: [Int32] = []
    /// The last inspections of each place after the last write: one, or several that have the same stamps.
    private(set) var lastInspections: [[Int32]] = []

    init(
        _ positions: ArraySlice<Int32>, of operations: [Operation], _ history: History, tagEnds: [String: LastChange]
    ) {
        self.operations = operations
        var last = LastChange()
        var lastWrite = LastChange()
        var hasTagSet = [Bool](repeating: false, count: history.tagSets.count)
        for position in positions {
            let operation = operations[Int(position)]
            if !tagEnds.isEmpty { hasTagSet[Int(operation.tagSet)] = true }
            guard operation.isWriting || operation.kind == .invalidate else { continue }
            last.add(operation)
            guard operation.isWriting else { continue }
            lastWrite.add(operation)
            switch operation.outcome {
            case .ok:
                if newest == nil || operations[Int(newest!)].version < operation.version { newest = position }
            case .failed: break
            case .unknown:
                if operation.version > 0 { uncertain.insert(operation.version) } else { anythingMayBeWritten = true }
            }
        }
        if !tagEnds.isEmpty {
            for tagSet in hasTagSet.indices where hasTagSet[tagSet] {
                for tag in history.tagSets[tagSet] {
                    if let other = tagEnds[tag] { last.add(other) }
                }
            }
        }
        var cacheLooks: [Look] = []
        for position in positions {
            let operation = operations[Int(position)]
            guard operation.outcome == .ok, lastWrite.isBefore(operation) else { continue }
            if operation.kind == .load {
                loads.append(position)
            } else if operation.kind == .inspect && operation.layer == .origin {
                looks.append(position)
            } else if operation.kind == .inspect {
                if !operation.isAbsent { found.append(position) }
                guard last.isBefore(operation) else { continue }
                let worker = operation.layer == .l1 ? operation.worker : -1
                cacheLooks.append(
                    Look(
                        layer: operation.layer, instance: operation.instance, worker: worker, position: position,
                        start: operation.start, end: operation.end))
            }
        }
        cacheLooks.sort(by: <)
        for (index, look) in cacheLooks.enumerated() {
            if index + 1 < cacheLooks.count, cacheLooks[index + 1].isOfSamePlace(as: look) { continue }
            let same = cacheLooks[...index].reversed().prefix {
                $0.isOfSamePlace(as: look) && $0.hasSameStamps(as: look)
            }
            lastInspections.append(same.map(\.position))
        }
        looks.sort {
            (operations[Int($0)].start, operations[Int($0)].end)
                < (operations[Int($1)].start, operations[Int($1)].end)
        }
    }

    /// What shows that an entry is not what the origin held; `nil` if it may be.
    func witness(against inspection: Operation) -> Witness? {
        if inspection.isAbsent { return nil }
        return uncertain.isEmpty && !anythingMayBeWritten
            ? certainWitness(against: inspection) : uncertainWitness(against: inspection)
    }

    private func certainWitness(against inspection: Operation) -> Witness? {
        guard let position = looks.last ?? newest ?? loads.last else {
            return inspection.version == 0 ? nil : Witness(operations: [])
        }
        let truth = operations[Int(position)]
        // Of looks at the origin with the same stamps any may be the last.
        for look in looks.reversed() {
            let other = operations[Int(look)]
            guard (other.start, other.end) == (truth.start, truth.end) else { break }
            if agrees(inspection, with: other) { return nil }
        }
        return agrees(inspection, with: truth) ? nil : Witness(operations: [truth])
    }

    private func agrees(_ inspection: Operation, with truth: Operation) -> Bool {
        if truth.isAbsent, inspection.isTombstone || inspection.version == 0 { return true }
        if truth.isAbsent && truth.version == 0 { return false }
        return inspection.version == truth.version
    }

    /// Versions only grow, so what was seen before this inspection bounds the origin's version from below, and what the
    /// origin showed after it from above.
    private func uncertainWitness(against inspection: Operation) -> Witness? {
        var lowest = newest
        for position in looks + loads + found where operations[Int(position)].precedes(inspection) {
            if operations[Int(position)].version > lowest.map({ operations[Int($0)].version }) ?? 0 {
                lowest = position
            }
        }
        if let lowest, operations[Int(lowest)].version > inspection.version {
            return Witness(operations: [operations[Int(lowest)]])
        }
        var highest: Int32?
        for position in looks where inspection.precedes(operations[Int(position)]) {
            if operations[Int(position)].version < highest.map({ operations[Int($0)].version }) ?? .max {
                highest = position
            }
        }
        if let highest, operations[Int(highest)].version < inspection.version {
            return Witness(operations: [operations[Int(highest)]])
        }
        let known = newest.map { operations[Int($0)].version } ?? 0
        let isPossible = anythingMayBeWritten || inspection.version == known || uncertain.contains(inspection.version)
        return isPossible ? nil : Witness(operations: newest.map { [operations[Int($0)]] } ?? [])
    }
}

/// The end of the last of some writes and invalidations, whatever their outcome: what comes after it is about the end.
struct LastChange {
    private var end = Int64.min
    /// Those that end last, of which an inspection that begins then may come after in a session.
    private var last: [Operation] = []

    /// What never returned is taken to have ended when it began: its client was done with it.
    mutating func add(_ change: Operation) {
        var change = change
        if change.end == Operation.never { change.end = change.start }
        guard change.end >= end || last.isEmpty else { return }
        if change.end > end { last = [] }
        end = change.end
        last.append(change)
    }

    mutating func add(_ other: LastChange) {
        for change in other.last { add(change) }
    }

    /// Whether an operation comes after all of them.
    func isBefore(_ operation: Operation) -> Bool {
        if last.isEmpty || end < operation.start { return true }
        return end == operation.start
            && last.allSatisfy { $0.precedesWhereItTouches(operation) }
    }
}

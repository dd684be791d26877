import History

/// The latest deadline that each fill can have given its entry, from the outermost layer inwards.
struct Deadlines {
    /// The fill that gives an entry its latest deadline.
    struct Latest {
        let deadline: Int64
        let fill: Int32
    }

    private struct Entry: Hashable {
        let place: LayerCopy
        let key: Int32
        let version: Int64
        let value: Int64
    }

    /// What happened to an entry up to a fill.
    private struct Step {
        let own: Latest
        /// The fill with the latest deadline so far, and before this one.
        let latest: Latest
        let earlier: Latest?
    }

    private let operations: [Operation]
    private let places: LayerCopies
    /// In order of starts.
    private var steps: [Entry: [Step]] = [:]
    /// The fill of the outer entry that bounds the deadline of a fill.
    private var boundedBy: [Int32: Int32] = [:]
    /// The layers into which anything was filled.
    private(set) var filledLayers: Set<Layer> = []

    /// O(n + f log f) for f fills.
    init(_ operations: [Operation], lifetimes: [Layer: Int64], hosts: [Int32: Int32]?) {
        self.operations = operations
        places = LayerCopies(hosts: hosts)
        var fills: [Layer: [Int32]] = [:]
        for (position, operation) in operations.enumerated()
        where operation.kind == .fill && operation.outcome != .failed && operation.key >= 0 {
            fills[operation.layer, default: []].append(Int32(truncatingIfNeeded: position))
        }
        filledLayers = Set(fills.keys)
        for layer in Layer.caches.reversed() {
            for position in fills[layer] ?? [] {
                let fill = operations[Int(position)]
                var deadline = lifetimes[layer].map { fill.settledEnd.addingUpToNever($0) } ?? Operation.never
                if fill.source > layer, fill.source != .origin,
                    let outer = latest(for: fill, in: fill.source, before: fill.settledEnd), outer.deadline < deadline
                {
                    deadline = outer.deadline
                    boundedBy[position] = outer.fill
                }
                let entry = Entry(
                    place: places.place(of: fill, in: layer), key: fill.key, version: fill.version, value: fill.value)
                let own = Latest(deadline: deadline, fill: position)
                let earlier = steps[entry]?.last?.latest
                let latest = Self.later(earlier, own)
                steps[entry, default: []].append(Step(own: own, latest: latest, earlier: earlier))
            }
        }
    }

    /// The latest deadline that the entry which a read or an inspection met can have; `nil` if no fill explains it.
    func latest(for operation: Operation) -> Latest? {
        latest(for: operation, in: operation.layer, before: operation.end)
    }

    /// The latest deadline that the entry can have which was the source of a fill; `nil` if no other fill explains it.
    func latest(forSourceOf fill: Int32) -> Latest? {
        let operation = operations[Int(fill)]
        return latest(for: operation, in: operation.source, before: operation.end, except: fill)
    }

    /// A fill, and those of the outer entries that bound its deadline, innermost first.
    func chain(to fill: Int32) -> [Int32] {
        var chain = [fill]
        while let outer = boundedBy[chain.last!] { chain.append(outer) }
        return chain
    }

    private static func later(_ known: Latest?, _ other: Latest) -> Latest {
        if let known, known.deadline >= other.deadline { known } else { other }
    }

    /// Of the fills that may lie before an operation. O(log n), but for those that begin where it ends, and for those
    /// that begin with or after the one that does not count.
    private func latest(
        for operation: Operation, in layer: Layer, before time: Int64, except excluded: Int32? = nil
    ) -> Latest? {
        var best: Latest?
        for place in places.candidates(for: operation, in: layer) {
            let entry = Entry(
                place: place, key: operation.key, version: operation.version, value: operation.value)
            guard let steps = steps[entry] else { continue }
            var begun = steps.countOfPrefix { operations[Int($0.own.fill)].start < time }
            var rest = begun
            if let excluded {
                // What came before the excluded one is known; what follows is looked at one by one.
                let place = steps.countOfPrefix { $0.own.fill < excluded }
                if place < begun, steps[place].own.fill == excluded {
                    if let earlier = steps[place].earlier { best = Self.later(best, earlier) }
                    (begun, rest) = (0, place + 1)
                }
            }
            if begun > 0 { best = Self.later(best, steps[begun - 1].latest) }
            for step in steps[rest...] where step.own.fill != excluded {
                let fill = operations[Int(step.own.fill)]
                guard fill.start <= time else { break }
                if fill.start < time || !operation.precedes(fill) { best = Self.later(best, step.own) }
            }
        }
        return best
    }
}

import History

/// The latest deadline that each fill can have given its entry, from the outermost layer inwards.
struct Deadlines {
    /// The fill that gives an entry its latest deadline.
    struct Latest {
        let deadline: Int64
        let fill: Int32
    }

    private struct Entry: Hashable {
        let place: Place
        let key: Int32
        let version: Int64
        let value: Int64
    }

    /// What happened to an entry up to a start: the fill with the latest deadline so far.
    private struct Step {
        let start: Int64
        let latest: Latest
    }

    private let places: Places
    private var steps: [Entry: [Step]] = [:]
    /// The fill of the outer entry that bounds the deadline of a fill.
    private var boundedBy: [Int32: Int32] = [:]

    /// O(n + f log f) for f fills.
    init(_ operations: [Operation], lifetimes: [Layer: Int64], hosts: [Int32: Int32]?) {
        places = Places(hosts: hosts)
        var fills: [Layer: [Int32]] = [:]
        for (position, operation) in operations.enumerated()
        where operation.kind == .fill && operation.outcome != .failed && operation.key >= 0 {
            fills[operation.layer, default: []].append(Int32(truncatingIfNeeded: position))
        }
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
                var latest = Latest(deadline: deadline, fill: position)
                if let before = steps[entry]?.last?.latest, before.deadline >= deadline { latest = before }
                steps[entry, default: []].append(Step(start: fill.start, latest: latest))
            }
        }
    }

    /// The latest deadline that the entry which a read or an inspection met can have; `nil` if no fill explains it.
    func latest(for operation: Operation) -> Latest? {
        latest(for: operation, in: operation.layer, before: operation.end)
    }

    /// A fill, and those of the outer entries that bound its deadline, innermost first.
    func chain(to fill: Int32) -> [Int32] {
        var chain = [fill]
        while let outer = boundedBy[chain.last!] { chain.append(outer) }
        return chain
    }

    private func latest(for operation: Operation, in layer: Layer, before time: Int64) -> Latest? {
        var best: Latest?
        for place in places.candidates(for: operation, in: layer) {
            let entry = Entry(
                place: place, key: operation.key, version: operation.version, value: operation.value)
            guard let steps = steps[entry] else { continue }
            var low = 0
            var high = steps.count
            while low < high {
                let middle = (low + high) / 2
                if steps[middle].start <= time { low = middle + 1 } else { high = middle }
            }
            guard low > 0 else { continue }
            let latest = steps[low - 1].latest
            if best == nil || best!.deadline < latest.deadline { best = latest }
        }
        return best
    }
}

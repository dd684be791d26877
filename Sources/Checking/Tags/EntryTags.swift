import History

/// The tags that entries carry: those with which they are met, and those with which they were filled, however they lost
/// them on the way. Only tags that were invalidated count, by the numbers that ``TagPromises`` gives them.
///
/// Where several fills can have provided an entry, it carries what all of them have.
struct EntryTags {
    private struct Entry: Hashable {
        let place: LayerCopy
        let key: Int32
        let version: Int64
        let value: Int64

        init(_ operation: Operation, in place: LayerCopy) {
            self.place = place
            key = operation.key
            version = operation.version
            value = operation.value
        }
    }

    private struct Step {
        let fill: Operation
        let tags: [Int]
        /// What this fill and those before it have in common.
        let common: [Int]
    }

    private let places = LayerCopies(hosts: nil)
    private let promises: TagPromises
    /// In order of starts.
    private var steps: [Entry: [Step]] = [:]

    /// O(n + f log f) for f fills.
    init(_ history: History, _ promises: TagPromises) {
        self.promises = promises
        var fills: [Layer: [Operation]] = [:]
        var isTagged = false
        for fill in history.operations where fill.kind == .fill && fill.outcome != .failed && fill.key >= 0 {
            fills[fill.layer, default: []].append(fill)
            if !promises.numbers(of: fill.tagSet).isEmpty { isTagged = true }
        }
        guard isTagged else { return }
        for layer in Layer.caches.reversed() {
            for fill in fills[layer] ?? [] {
                var tags = promises.numbers(of: fill.tagSet)
                if fill.source > layer, fill.source != .origin, let outer = common(before: fill, in: fill.source) {
                    tags = Self.union(tags, outer)
                }
                let entry = Entry(fill, in: places.place(of: fill, in: layer))
                let common = steps[entry]?.last.map { Self.intersection($0.common, tags) } ?? tags
                steps[entry, default: []].append(Step(fill: fill, tags: tags, common: common))
            }
        }
    }

    /// The tags of what a read or an inspection met. O(log n), but for fills that begin where it ends.
    func carried(by met: Operation) -> [Int] {
        let own = promises.numbers(of: met.tagSet)
        guard !steps.isEmpty, let filled = common(before: met, in: met.layer) else { return own }
        return Self.union(own, filled)
    }

    /// What all fills have in common that can have provided what an operation met; `nil` if there is none.
    private func common(before met: Operation, in layer: Layer) -> [Int]? {
        var common: [Int]?
        for place in places.candidates(for: met, in: layer) {
            guard let steps = steps[Entry(met, in: place)] else { continue }
            let end = met.kind == .fill ? met.settledEnd : met.end
            let low = steps.countOfPrefix { $0.fill.start < end }
            if low > 0 { common = common.map { Self.intersection($0, steps[low - 1].common) } ?? steps[low - 1].common }
            for step in steps[low...] {
                guard step.fill.start == end else { break }
                if met.precedes(step.fill) { continue }
                common = common.map { Self.intersection($0, step.tags) } ?? step.tags
            }
        }
        return common
    }

    private static func union(_ left: [Int], _ right: [Int]) -> [Int] {
        right.isEmpty || left == right ? left : left + right.filter { !left.contains($0) }
    }

    private static func intersection(_ left: [Int], _ right: [Int]) -> [Int] {
        left == right ? left : left.filter(right.contains)
    }
}

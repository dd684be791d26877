import History

/// The acknowledged invalidations of each tag. The threshold of a promise is the start of the invalidation: what was
/// finished before it is too old for an entry with the tag.
struct TagPromises {
    /// Of the tags that were invalidated.
    private var promises: [PromisesByReader] = []
    /// For each tag set, which of ``promises`` concern it.
    private let promisesOfSet: [[Int]]

    /// O(n + i log i) for i invalidations of tags.
    init(_ history: History, _ acknowledgements: Acknowledgements) {
        var numbers: [String: Int] = [:]
        for (position, operation) in history.operations.enumerated() where operation.kind == .invalidateTag {
            for promise in acknowledgements.promises(of: operation) {
                let step = RisingPromises.Step(
                    since: promise.since, threshold: operation.start, operation: Int32(truncatingIfNeeded: position),
                    apply: promise.apply)
                for tag in history.tags(of: operation) {
                    let number = numbers[tag] ?? promises.count
                    if number == promises.count {
                        numbers[tag] = number
                        promises.append(PromisesByReader())
                    }
                    promises[number].append(step, for: promise.reader)
                }
            }
        }
        for index in promises.indices { promises[index].sort() }
        promisesOfSet = history.tagSets.map { $0.compactMap { numbers[$0] } }
    }

    /// The latest invalidation, of any tag that this read or inspection carries, on which it may rely.
    func strongest(for operation: Operation) -> RisingPromises.Step? {
        guard !promises.isEmpty else { return nil }
        var strongest: RisingPromises.Step?
        for number in promisesOfSet[Int(operation.tagSet)] {
            guard let step = promises[number].strongest(for: operation.instance, before: operation.start)
            else { continue }
            if strongest == nil || step.threshold > strongest!.threshold { strongest = step }
        }
        return strongest
    }
}

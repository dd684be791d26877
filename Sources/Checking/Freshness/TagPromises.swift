import History

/// The acknowledged invalidations of each tag. The threshold of a promise is the start of the invalidation: what was
/// finished before it is too old for an entry with the tag.
struct TagPromises {
    /// Of the tags that were invalidated.
    private var promises: [PromisesByReader] = []
    /// For each tag set, which of ``promises`` concern it.
    private let promisesOfSet: [[Int]]
    private let operations: [Operation]

    /// O(n + i log i) for i invalidations of tags.
    init(_ history: History, _ acknowledgements: Acknowledgements) {
        operations = history.operations
        var numbers: [String: Int] = [:]
        for (position, operation) in history.operations.enumerated() where operation.kind == .invalidateTag {
            for promise in acknowledgements.promises(of: operation) {
                let step = RisingPromises.Step(
                    promise, of: Int32(truncatingIfNeeded: position), threshold: operation.start)
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

    /// Which tags of a set were invalidated.
    func numbers(of tagSet: Int32) -> [Int] { promisesOfSet[Int(tagSet)] }

    /// The latest invalidation, of any of these tags, on which a read or inspection may rely.
    func strongest(for operation: Operation, carrying tags: [Int]) -> RisingPromises.Step? {
        var strongest: RisingPromises.Step?
        for number in tags {
            guard let step = promises[number].strongest(before: operation, of: operations) else { continue }
            if strongest == nil || step.threshold > strongest!.threshold { strongest = step }
        }
        return strongest
    }

    /// All that began together with the strongest. What precedes them by time is the same; what precedes them in a
    /// session may differ.
    func equals(
        of strongest: RisingPromises.Step, for operation: Operation, carrying tags: [Int]
    ) -> [RisingPromises.Step] {
        tags.flatMap { promises[$0].all(of: strongest.threshold, before: operation, in: operations) }
    }
}

import History

/// The acknowledged invalidations of each tag. The threshold of a promise is the start of the invalidation: what was
/// finished before it is too old for an entry with the tag.
struct TagPromises {
    /// By number of a tag set with a single tag.
    private var byTag: [String: PromisesByReader] = [:]
    private let tagSets: [[String]]

    /// O(n + i log i) for i invalidations of tags.
    init(_ history: History, _ acknowledgements: Acknowledgements) {
        tagSets = history.tagSets
        for (position, operation) in history.operations.enumerated() where operation.kind == .invalidateTag {
            for promise in acknowledgements.promises(of: operation) {
                let step = RisingPromises.Step(
                    since: promise.since, threshold: operation.start, operation: Int32(truncatingIfNeeded: position),
                    apply: promise.apply)
                for tag in history.tags(of: operation) {
                    byTag[tag, default: PromisesByReader()].append(step, for: promise.reader)
                }
            }
        }
        for tag in byTag.keys { byTag[tag]!.sort() }
    }

    /// The latest invalidation, of any tag that this read or inspection carries, on which it may rely.
    func strongest(for operation: Operation) -> RisingPromises.Step? {
        guard !byTag.isEmpty else { return nil }
        var strongest: RisingPromises.Step?
        for tag in tagSets[Int(operation.tagSet)] {
            guard let step = byTag[tag]?.strongest(for: operation.instance, before: operation.start) else { continue }
            if strongest == nil || step.threshold > strongest!.threshold { strongest = step }
        }
        return strongest
    }
}

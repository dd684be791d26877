import History

/// Until when loads of a key may have become worthless because something invalidated it: a cache that is asked again
/// must not answer with what such a load will return, so it loads anew.
struct LoadInvalidations {
    /// In place of the instance that applied something.
    private static let everybody: Int32 = -2

    private struct Effects {
        /// By whom is concerned, the latest time at which something may take effect.
        private var ends: [(reach: Int32, end: Int64)] = []

        mutating func add(_ end: Int64, for reach: Int32) {
            guard let place = ends.firstIndex(where: { $0.reach == reach }) else { return ends.append((reach, end)) }
            if ends[place].end < end { ends[place].end = end }
        }

        /// - Parameter instance: whose loads are asked about; `nil` for those of all.
        func last(for instance: Int32?) -> Int64? {
            var last: Int64?
            for (reach, end) in ends
            where instance == nil || reach == LoadInvalidations.everybody || reach == instance {
                last = Swift.max(last ?? .min, end)
            }
            return last
        }
    }

    private var ofKeys: [Effects] = []
    private var ofTags: [Effects] = []
    private var ofAll = Effects()
    private var tagNumbers = TagNumbers()
    /// The tags that loads of each key carried.
    private var tagsOfKeys: [[Int]] = []

    /// Takes note of something that may invalidate, in order of starts. O(tags).
    mutating func meet(_ operation: Operation, _ names: OperationNames) {
        guard operation.outcome != .failed else { return }
        // A request that was given up may be carried out later, but then the cache does not learn of it, and shares its
        // loads.
        let end = operation.end
        switch operation.kind {
        case .invalidateTag: add(end, tagSet: operation.tagSet, names, for: Self.everybody)
        case .evict:
            if operation.key < 0 { ofAll.add(end, for: Self.everybody) }
        case .apply:
            if operation.key >= 0 { add(end, key: operation.key, for: operation.instance) }
            if operation.tagSet != 0 { add(end, tagSet: operation.tagSet, names, for: operation.instance) }
            // Nobody knows what it is about.
            if operation.key < 0, operation.tagSet == 0 { ofAll.add(end, for: operation.instance) }
        case .read, .load, .fill, .inspect, .publish, .receive, .gauge: break
        default:
            if operation.key >= 0 { add(end, key: operation.key, for: Self.everybody) }
        }
    }

    /// Takes note of the tags that a load carries: from now on their invalidations concern its key.
    mutating func learnTags(of load: Operation, _ names: OperationNames) {
        guard load.tagSet != 0 else { return }
        let key = Int(load.key)
        while tagsOfKeys.count <= key { tagsOfKeys.append([]) }
        for tag in tagNumbers.tags(of: load.tagSet, names) where !tagsOfKeys[key].contains(tag) {
            tagsOfKeys[key].append(tag)
        }
    }

    /// The latest time at which something that has begun may invalidate what a load returns: loads that began by then
    /// are set apart from this one. `nil` if nothing has begun.
    /// - Parameter instance: whose applications count; `nil` for those of all.
    func lastEffect(on load: Operation, in instance: Int32?) -> Int64? {
        let key = Int(load.key)
        var last = ofAll.last(for: instance)
        if key < ofKeys.count, let own = ofKeys[key].last(for: instance) { last = max(last ?? .min, own) }
        if key < tagsOfKeys.count {
            for tag in tagsOfKeys[key] where tag < ofTags.count {
                if let own = ofTags[tag].last(for: instance) { last = max(last ?? .min, own) }
            }
        }
        return last
    }

    private mutating func add(_ end: Int64, key: Int32, for reach: Int32) {
        while ofKeys.count <= Int(key) { ofKeys.append(Effects()) }
        ofKeys[Int(key)].add(end, for: reach)
    }

    private mutating func add(_ end: Int64, tagSet: Int32, _ names: OperationNames, for reach: Int32) {
        for tag in tagNumbers.tags(of: tagSet, names) {
            while ofTags.count <= tag { ofTags.append(Effects()) }
            ofTags[tag].add(end, for: reach)
        }
    }
}

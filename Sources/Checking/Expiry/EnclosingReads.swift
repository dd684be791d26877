import History

/// The reads in which fills may have been done: an entry that a layer was filled with may have been taken from its
/// source when such a read began.
struct EnclosingReads {
    private struct Reader: Hashable {
        let key: Int32
        let instance: Int32
    }

    /// In order of starts, with the latest end so far.
    private var reads: [Reader: [(start: Int64, latestEnd: Int64)]] = [:]

    /// O(n).
    init(_ history: History) {
        for read in history.operations where read.kind == .read && read.key >= 0 {
            let reader = Reader(key: read.key, instance: read.instance)
            let latest = max(reads[reader]?.last?.latestEnd ?? .min, read.end)
            reads[reader, default: []].append((read.start, latest))
        }
    }

    /// When the first read of the key by the same instance began that encloses the start of a fill; that start if none
    /// does. O(log n).
    func earliestStart(around fill: Operation) -> Int64 {
        guard let reads = reads[Reader(key: fill.key, instance: fill.instance)] else { return fill.start }
        // The first after which an end is late enough is one that ends late enough.
        let low = reads.countOfPrefix { $0.latestEnd < fill.start }
        return low < reads.count ? min(reads[low].start, fill.start) : fill.start
    }
}

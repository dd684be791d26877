import History
import Support

/// What an instance could not announce, because the shared tier was away, and has to.
///
/// In batches: what is added while one is being announced may be newer than that announcement, and goes into the next. Each has
/// a hold of its own, so that announcing one releases nothing of another, nor of another instance.
struct Outbox: Sendable {
    struct Batch: Sendable {
        let number: Int
        var keys: Set<NameKey> = []
        var tags: Set<NameKey> = []
        /// Whether it may have been announced.
        var isClosed = false
    }

    /// In the order in which they were begun.
    private(set) var batches: [Batch] = []
    private var count = 0

    var isEmpty: Bool { batches.isEmpty }

    /// Whether the entries that carry some tag must not be served. Which these are is not known.
    var holdsTags: Bool { batches.contains { !$0.tags.isEmpty } }

    /// - Returns: the number of the batch.
    mutating func add(keys: [String], tags: [String]) -> Int {
        if batches.last?.isClosed ?? true {
            count += 1
            batches.append(Batch(number: count))
        }
        batches[batches.count - 1].keys.formUnion(keys.map { NameKey($0) })
        batches[batches.count - 1].tags.formUnion(tags.map { NameKey($0) })
        return count
    }

    /// All batches, to be announced: nothing is added to them any more.
    mutating func close() -> [Batch] {
        for index in batches.indices { batches[index].isClosed = true }
        return batches
    }

    /// Takes away a batch that was announced.
    mutating func remove(_ number: Int) { batches.removeAll { $0.number == number } }
}

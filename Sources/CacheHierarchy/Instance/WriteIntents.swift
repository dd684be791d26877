import History
import Support

/// The write intents of one instance: the names of those that it announces, and what it could not announce and owes.
/// Pure.
///
/// What is owed lies in batches. What is added while a batch is being announced may be newer than that announcement,
/// and goes into the next batch. Each batch has an intent of its own, so that its announcement releases nothing of
/// another batch, nor of another instance.
struct WriteIntents: Sendable {
    /// What is announced together.
    struct Batch: Sendable {
        let number: Int
        var keys: Set<NameKey> = []
        var tags: Set<NameKey> = []
        /// Whether it may have been announced.
        var isClosed = false
    }

    /// What the driver does with an invalidation that could not be announced.
    struct Postponement: Hashable, Sendable {
        /// The intent under which the own readers of its keys go to the origin until it has been announced.
        let intent: String
        /// Whether the instance serves nothing of its own: which entries carry an owed tag is not known.
        let endsValidity: Bool
    }

    /// In the order in which they were begun.
    private(set) var batches: [Batch] = []
    private let instance: String
    private var writes = 0
    private var lastBatch = 0

    /// - Parameter instance: begins the names of its intents.
    init(of instance: String) { self.instance = instance }

    /// Whether nothing is owed.
    var isEmpty: Bool { batches.isEmpty }

    /// Whether the entries that carry some tag must not be served.
    var owesTags: Bool { batches.contains { !$0.tags.isEmpty } }

    /// - Returns: the intent of a write that begins.
    mutating func begin() -> String {
        writes += 1
        return "\(instance)#\(writes)"
    }

    /// An invalidation could not be announced.
    mutating func postpone(keys: [String], tags: [String]) -> Postponement {
        if batches.last?.isClosed ?? true {
            lastBatch += 1
            batches.append(Batch(number: lastBatch))
        }
        batches[batches.count - 1].keys.formUnion(keys.map { NameKey($0) })
        batches[batches.count - 1].tags.formUnion(tags.map { NameKey($0) })
        return Postponement(intent: intent(of: batches[batches.count - 1]), endsValidity: owesTags)
    }

    /// - Returns: the intent that is released when the batch is announced.
    func intent(of batch: Batch) -> String { "\(instance) outbox \(batch.number)" }

    /// - Returns: all batches, to be announced in order. Nothing is added to them any more.
    mutating func close() -> [Batch] {
        for index in batches.indices { batches[index].isClosed = true }
        return batches
    }

    /// A batch was announced.
    mutating func announced(_ batch: Batch) { batches.removeAll { $0.number == batch.number } }
}

import History
import Support

/// The write intents of one instance: the names of those that it announces, the holds of what it is committing, and
/// what it could not announce and owes. Pure.
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

    /// A key that the others keep nothing of while the origin commits a write of it.
    struct Hold: Hashable, Sendable {
        let intent: String
        let key: String
        /// When what began its lifetime was sent.
        var since: Int64
    }

    /// Those of writes that the origin has been asked to commit, in the order in which it was.
    private(set) var holds: [Hold] = []
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

    // MARK: Commits

    /// The origin is asked to commit under a hold.
    mutating func committing(_ intent: String, key: String, since: Int64) {
        holds.append(Hold(intent: intent, key: key, since: since))
    }

    /// The holds whose lifetime began before a time.
    func holds(from before: Int64) -> [Hold] { holds.filter { $0.since < before } }

    /// A hold was announced again.
    /// - Returns: whether it still stands; if not, its release has to be announced again, too.
    mutating func renewed(_ intent: String, since: Int64) -> Bool {
        guard let index = holds.firstIndex(where: { $0.intent == intent }) else { return false }
        holds[index].since = since
        return true
    }

    /// The origin has committed, or has refused to.
    /// - Returns: when what began the hold's lifetime was sent; `nil` if there is no such hold.
    mutating func committed(_ intent: String) -> Int64? {
        guard let index = holds.firstIndex(where: { $0.intent == intent }) else { return nil }
        return holds.remove(at: index).since
    }

    // MARK: What is owed

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

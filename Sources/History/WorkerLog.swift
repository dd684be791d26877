import Support

/// The record that one worker writes. Not for use by two tasks at once.
public final class WorkerLog: @unchecked Sendable {
    // Unchecked, because a log is handed to its worker's task, which alone writes it until the run is over; the
    // recorder reads it only afterwards. A lock here would be paid by every operation of every run, and so would be
    // the checks for overlapping accesses (`exclusivity`): no access calls out while it lasts.

    /// What was recorded, in the order of recording.
    public var operations: [Operation] { recorded }
    @exclusivity(unchecked) @usableFromInline var recorded: [Operation] = []
    /// The instance that the worker belongs to.
    public let instance: Int32
    /// The worker, or -1 for the instance's own work.
    public let worker: Int32

    private let names: Names
    private let isTimed: Bool
    @usableFromInline let firstID: Int64
    /// Begins as the recorder's own table, whose memory it shares until it meets a key that is not there.
    @exclusivity(unchecked) private var keyNumbers: [NameKey: Int32]
    @exclusivity(unchecked) private var tagSetNumbers: [[String]: Int32] = [[]: 0]
    /// The key asked for last: what is recorded of one operation mostly concerns one key.
    @exclusivity(unchecked) private var lastKey: (name: String, number: Int32)?
    /// The first sets that were met. There are few in most recordings, and the same array is soon seen to be equal.
    @exclusivity(unchecked) private var firstTagSets: [(tags: [String], number: Int32)]

    /// Each log numbers its operations from its own million millions, so ids are unique without being shared.
    private static let idsPerLog: Int64 = 1_000_000_000_000

    init(names: Names, number: Int64, instance: Int32, worker: Int32, isTimed: Bool) {
        self.names = names
        self.isTimed = isTimed
        self.instance = instance
        self.worker = worker
        firstID = number * WorkerLog.idsPerLog + 1
        let known = names.table
        keyNumbers = known.keyNumbers
        firstTagSets = known.firstTagSets
    }

    /// Room for that many more operations, so that none of them has to wait for memory: where time is measured it is
    /// not only set aside but touched, since the system hands out a page at its first use.
    public func reserve(_ count: Int) {
        guard isTimed else { return recorded.reserveCapacity(recorded.count + count) }
        let blank = Operation(kind: .read, start: 0, end: 0)
        recorded.append(contentsOf: repeatElement(blank, count: count))
        recorded.removeLast(count)
    }

    /// Appends an operation, and gives it its id, its instance and its worker. O(1), no lock.
    /// - Returns: the id.
    @discardableResult
    @inlinable
    public func record(_ operation: Operation) -> Int64 {
        var numbered = operation
        numbered.id = nextID
        numbered.instance = instance
        numbered.worker = worker
        recorded.append(numbered)
        return numbered.id
    }

    /// The id that the next recorded operation will have.
    @inlinable
    public var nextID: Int64 { firstID + Int64(recorded.count) }

    /// The number of a key: a look-up in this log's own table, the recorder's lock at the first meeting only.
    public func number(ofKey key: String) -> Int32 {
        if let lastKey, lastKey.name == key { return lastKey.number }
        let number = number(of: NameKey(key))
        lastKey = (key, number)
        return number
    }

    /// The same for a name whose hash is known.
    package func number(of name: NameKey) -> Int32 {
        if let known = keyNumbers[name] { return known }
        let number = names.number(ofKey: name.text)
        keyNumbers[name] = number
        return number
    }

    /// The number of a set of tags, in the same way.
    public func number(ofTags tags: [String]) -> Int32 {
        if tags.isEmpty { return 0 }
        for known in firstTagSets where known.tags == tags { return known.number }
        if let number = tagSetNumbers[tags] { return number }
        let number = names.number(ofTags: tags)
        tagSetNumbers[tags] = number
        if firstTagSets.count < NameTable.longestList { firstTagSets.append((tags, number)) }
        return number
    }
}

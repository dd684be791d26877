import Support

// Operations are stamped with it, so a module that imports this one has it.
@_exported public import enum Support.MonotonicClock

/// Collects the operations of a run with next to no effect on it: every worker writes into a log of its own, without a
/// lock, and the logs are merged when the run is over.
///
/// Names of keys and sets of tags become numbers here. Those known beforehand are numbered at the start; others when
/// first met.
public final class Recorder: Sendable {
    let names: Names
    private let isTimed: Bool
    private let logs = Lock<[WorkerLog]>([])

    /// - Parameters:
    ///   - keys: names that get the numbers 0, 1, 2, … in this order.
    ///   - tagSets: sets of tags that get the numbers from 1 on in this order, as far as they differ.
    ///   - isTimed: whether real time is recorded, so that recording must not wait for memory.
    public init(keys: [String] = [], tagSets: [[String]] = [], isTimed: Bool = true) {
        names = Names()
        self.isTimed = isTimed
        for key in keys { _ = names.number(ofKey: key) }
        for tags in tagSets { _ = names.number(ofTags: tags) }
    }

    /// A new log, for one worker (or for an instance's own work, worker -1).
    public func makeLog(instance: Int32, worker: Int32 = -1) -> WorkerLog {
        logs.withLock { logs in
            let log = WorkerLog(
                names: names, number: Int64(logs.count), instance: instance, worker: worker, isTimed: isTimed)
            logs.append(log)
            return log
        }
    }

    /// The number of a key. Takes the recorder's lock: a ``WorkerLog`` remembers the numbers that it has asked for.
    public func number(ofKey key: String) -> Int32 { names.number(ofKey: key) }

    /// The number of a set of tags. The empty set is 0.
    public func number(ofTags tags: [String]) -> Int32 { names.number(ofTags: tags) }

    /// Everything recorded so far, merged. Call it when all workers have finished: a log must not be written meanwhile.
    /// O(n log n).
    /// - Parameter revise: may change, add and remove operations before they are put in order.
    public func history(_ revise: (inout [Operation]) -> Void = { _ in }) -> History {
        logs.withLock { logs in
            var operations: [Operation] = []
            operations.reserveCapacity(logs.reduce(0) { $0 + $1.operations.count })
            for log in logs { operations.append(contentsOf: log.operations) }
            revise(&operations)
            let table = names.table
            return History(operations: operations, keys: table.keys, tagSets: table.tagSets)
        }
    }
}

/// The names of a recording, shared by the recorder and its logs: they would keep each other alive otherwise.
final class Names: Sendable {
    private let lock = Lock(NameTable())

    var table: NameTable { lock.withLock { $0 } }

    func number(ofKey key: String) -> Int32 { lock.withLock { $0.number(ofKey: key) } }

    func number(ofTags tags: [String]) -> Int32 { lock.withLock { $0.number(ofTags: tags) } }
}

/// Names to numbers and back.
struct NameTable {
    /// Of sets of tags that are searched one after the other.
    static let longestList = 8

    private(set) var keys: [String] = []
    private(set) var tagSets: [[String]] = [[]]
    private(set) var keyNumbers: [NameKey: Int32] = [:]
    /// The first sets that were given, as they were given.
    private(set) var firstTagSets: [(tags: [String], number: Int32)] = []
    private var tagSetNumbers: [[String]: Int32] = [[]: 0]

    mutating func number(ofKey key: String) -> Int32 {
        let name = NameKey(key)
        if let number = keyNumbers[name] { return number }
        let number = Int32(keys.count)
        keys.append(key)
        keyNumbers[name] = number
        return number
    }

    mutating func number(ofTags tags: [String]) -> Int32 {
        let sorted = tags.sorted()
        if let number = tagSetNumbers[sorted] { return number }
        let number = Int32(tagSets.count)
        tagSets.append(sorted)
        tagSetNumbers[sorted] = number
        if firstTagSets.count < Self.longestList { firstTagSets.append((tags, number)) }
        return number
    }
}

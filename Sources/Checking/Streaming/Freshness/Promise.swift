import History

/// What readers may rely upon once an invalidation, or a write, has been acknowledged to them.
///
/// A class, because many wait for their time and few are kept, and what proves one is large.
final class Promise: Sendable {
    /// The operation that promises.
    let raiser: Operation
    /// For an invalidation of a key: the write of the newest version that had finished before it began.
    let write: Operation?
    /// The `apply` that made it true, if it took one.
    let apply: Operation?
    /// The instance that may rely on it; `nil` for all of them.
    let reader: Int32?
    /// Readers that start after this time.
    let since: Int64
    /// It holds because time has passed, and not because something ended.
    let isOverdue: Bool
    /// Higher is stronger: for a key the version, for a tag the start of the invalidation.
    let threshold: Int64

    init(
        by raiser: Operation, write: Operation?, apply: Operation? = nil, reader: Int32?, since: Int64,
        isOverdue: Bool = false, threshold: Int64
    ) {
        self.raiser = raiser
        self.write = write
        self.apply = apply
        self.reader = reader
        self.since = since
        self.isOverdue = isOverdue
        self.threshold = threshold
    }
    /// Whether a reader may rely on what begins to hold at the moment at which it begins: if it follows in a session.
    func holds(before read: Operation) -> Bool {
        (reader == nil || reader == read.instance) && !isOverdue && (apply ?? raiser).precedes(read)
    }
}

/// Numbers for tags, from 0, so that looking at the tags of an operation compares no names.
struct TagNumbers {
    private var numbers: [String: Int] = [:]
    private var sets: [[Int]] = []

    /// How many tags there are so far.
    var count: Int { numbers.count }

    /// The tags of a set, where sets are numbered as in the names.
    mutating func tags(of set: Int32, _ names: OperationNames) -> [Int] {
        while sets.count < names.tagSets.count {
            var set: [Int] = []
            for tag in names.tagSets[sets.count] {
                let number = numbers[tag] ?? numbers.count
                numbers[tag] = number
                set.append(number)
            }
            sets.append(set)
        }
        return sets[Int(set)]
    }
}

/// Everything that was recorded in one run: the operations, and the names that their numbers stand for.
public struct History: Sendable, Hashable {
    /// All operations, in order of their starts (ties by id).
    public private(set) var operations: [Operation]
    /// The names of the keys.
    public let keys: [String]
    /// The distinct sets of tags that occur; the first is the empty one. Each is sorted.
    public let tagSets: [[String]]

    /// - Parameter operations: in any order; they are sorted by start here, in O(n log n). Ids that are 0 are assigned, so
    ///   that every operation has one of its own.
    public init(operations: [Operation], keys: [String], tagSets: [[String]] = [[]]) {
        precondition(tagSets.first == [], "the first tag set is the empty one")
        var numbered = operations
        if operations.contains(where: { $0.id == 0 }) {
            var unused = operations.reduce(0) { max($0, $1.id) } + 1
            for index in numbered.indices where numbered[index].id == 0 {
                numbered[index].id = unused
                unused += 1
            }
        }
        self.operations = OperationOrder.sorted(numbered)
        self.keys = keys
        self.tagSets = tagSets
    }

    /// The name of an operation's key; `nil` if it concerns no single key. O(1).
    public func keyName(of operation: Operation) -> String? {
        operation.key >= 0 ? keys[Int(operation.key)] : nil
    }

    /// The tags that an operation carries. O(1).
    public func tags(of operation: Operation) -> [String] { tagSets[Int(operation.tagSet)] }
}

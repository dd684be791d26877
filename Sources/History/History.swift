/// Everything that was recorded in one run: the operations, and the names that their numbers stand for.
public struct History: Sendable, Hashable {
    /// All operations, in order of their starts (ties by id).
    public private(set) var operations: [Operation]
    /// The names of the keys.
    public let keys: [String]
    /// The distinct sets of tags that occur; the first is the empty one. Each is sorted.
    public let tagSets: [[String]]

    /// - Parameter operations: in any order; they are sorted by start here, in O(n log n). Ids that are 0 are assigned,
    ///   so that every operation has one of its own.
    public init(operations: [Operation], keys: [String], tagSets: [[String]] = [[]]) {
        precondition(tagSets.first == [], "the first tag set is the empty one")
        var numbered = operations
        Self.number(&numbered)
        self.operations = OperationOrder.sorted(numbered)
        self.keys = keys
        self.tagSets = tagSets
    }

    /// Gives an id to every operation that has none: those after the largest or, where a file has used those up, the
    /// smallest that are unused.
    private static func number(_ operations: inout [Operation]) {
        let missing = operations.count { $0.id == 0 }
        guard missing > 0 else { return }
        let largest = operations.reduce(0) { max($0, $1.id) }
        let hasRoom = largest <= OperationRules.identifiers.upperBound - Int64(missing)
        let used = hasRoom ? [] : Set(operations.map(\.id))
        var unused = hasRoom ? largest + 1 : 1
        for index in operations.indices where operations[index].id == 0 {
            while used.contains(unused) { unused += 1 }
            operations[index].id = unused
            unused += 1
        }
    }

    /// The name of an operation's key; `nil` if it concerns no single key. O(1).
    public func keyName(of operation: Operation) -> String? {
        operation.key >= 0 ? keys[Int(operation.key)] : nil
    }

    /// The tags that an operation carries. O(1).
    public func tags(of operation: Operation) -> [String] { tagSets[Int(operation.tagSet)] }
}

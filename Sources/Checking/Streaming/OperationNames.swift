import History

/// What the numbers in operations stand for, as in the tables of a ``History``.
public struct OperationNames: Sendable, Hashable {
    /// The names of the keys.
    public var keys: [String]
    /// The sets of tags; the first is the empty one.
    public var tagSets: [[String]]

    public init(keys: [String], tagSets: [[String]] = [[]]) {
        precondition(tagSets.first == [], "the first tag set is the empty one")
        self.keys = keys
        self.tagSets = tagSets
    }

    /// The names of a recorded history.
    public init(_ history: History) {
        keys = history.keys
        tagSets = history.tagSets
    }

    /// A history that has these names and nothing else, for whoever tells people what operations did.
    var history: History { History(operations: [], keys: keys, tagSets: tagSets) }
}

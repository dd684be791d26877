import History

/// A question put to a history that is still being recorded, and may never end.
///
/// Operations are handed over one by one, in order of their starts. What can be judged is judged at once and forgotten,
/// so memory grows with the keys and with the operations in flight, never with the length of the history. Each check
/// says what it keeps, and ``retained`` counts it.
///
/// The verdict is that of the check of the same name for recorded histories. Where that needs something which is no
/// longer remembered, the verdict is `unknown` and says so; it is never `pass`.
///
/// ```swift
/// var check = StreamingLinearizableByVersions(names: OperationNames(keys: ["user:1"]))
/// while let operation = next() { try check.observe(operation) }
/// let report = check.finish()
/// ```
public protocol StreamingCheck: Sendable {
    /// The name of the check of recorded histories that asks the same question.
    var name: String { get }

    /// What the numbers in operations stand for. Names may be appended while the history goes on.
    var names: OperationNames { get set }

    /// How many operations, versions and marks are held at this moment. O(keys). The violations kept are not counted;
    /// for each key there are at most `maximumViolations`.
    var retained: Int { get }

    /// Takes the next operation.
    ///
    /// - Throws: ``StreamError`` if the operation cannot be the next one. It is then not judged, nor is any that
    ///   follows: each throws the same error, and the report will be `unknown`, because other operations may be
    ///   missing, too.
    mutating func observe(_ operation: Operation) throws(StreamError)

    /// Judges what is still in flight, and reports. To be called once, when nothing more will come, and not to look at
    /// a running history in between: a read in flight may have returned what a write that is yet to come wrote.
    mutating func finish() -> CheckReport
}

extension StreamingCheck {
    /// Takes several operations, one after the other.
    @inlinable
    public mutating func observe(contentsOf operations: some Sequence<Operation>) throws(StreamError) {
        for operation in operations { try observe(operation) }
    }
}

/// What the numbers in operations stand for, as in the tables of a ``History``.
public struct OperationNames: Sendable, Hashable {
    /// The names of the keys.
    public var keys: [String]
    /// The sets of tags; the first is the empty one.
    public var tagSets: [[String]]

    /// Makes names.
    /// - Parameters:
    ///     - keys: the name of key 0, of key 1, and so on.
    ///     - tagSets: the tags of set 0, which is empty, of set 1, and so on.
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

    /// A history that has these names and no operations, for the formatter.
    var history: History { History(operations: [], keys: keys, tagSets: tagSets) }
}

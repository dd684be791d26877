import History

/// An operation that cannot be the next one of a stream.
public enum StreamError: Error, Sendable, Hashable, CustomStringConvertible {
    /// It starts before the one that came before it (or at the same time, with a lower id). Nanoseconds.
    case outOfOrder(operation: Int64, start: Int64, previous: Int64, previousStart: Int64)
    /// It ends before it starts. Nanoseconds.
    case endsBeforeItStarts(operation: Int64, start: Int64, end: Int64)
    /// Its key has no name.
    case unknownKey(operation: Int64, key: Int32, known: Int)
    /// Its tag set has no names.
    case unknownTagSet(operation: Int64, tagSet: Int32, known: Int)

    /// What is wrong with the operation, and what was expected, in one line.
    public var description: String {
        switch self {
        case .outOfOrder(let operation, let start, let previous, let previousStart):
            "operation \(operation), which starts at \(start) ns, came after operation \(previous), which starts at "
                + "\(previousStart) ns; expected operations in order of their starts, and of their ids where those "
                + "are equal"
        case .endsBeforeItStarts(let operation, let start, let end):
            "operation \(operation) ends at \(end) ns, before it starts at \(start) ns; "
                + "expected an end that is no earlier"
        case .unknownKey(let operation, let key, let known):
            "operation \(operation) has key \(key), but \(known) key(s) have names; expected a number below \(known)"
        case .unknownTagSet(let operation, let tagSet, let known):
            "operation \(operation) has tag set \(tagSet), but there are \(known); "
                + "expected a number from 0, below \(known)"
        }
    }
}

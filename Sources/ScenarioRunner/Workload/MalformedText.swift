/// A text from a command line or a saved failure that is not what it should be.
public struct MalformedText: Error, Sendable, CustomStringConvertible {
    /// Which text: `operations`, `part`.
    public let subject: String
    /// Counted from 1.
    public let column: Int
    /// What stands there.
    public let found: String
    /// What should stand there.
    public let expected: String

    package init(_ subject: String, column: Int, found: String, expected: String) {
        self.subject = subject
        self.column = column
        self.found = found
        self.expected = expected
    }

    /// The text, the column, what was found and what was expected, in one line.
    public var description: String { "\(subject), column \(column): found \"\(found)\"; expected \(expected)" }
}

extension StringProtocol {
    /// What stands between spaces, and in which column of the whole text each begins.
    package var words: [(word: String, column: Int)] {
        var (place, column) = (startIndex, 1)
        return split(separator: " ").map { word in
            // From one to the next: a text may have millions of them.
            column += distance(from: place, to: word.startIndex)
            place = word.startIndex
            return (String(word), column)
        }
    }
}

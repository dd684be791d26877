/// One error in a file with a history, or a failure of the system to read or write it.
public struct HistoryFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The path, or the name that was given to a descriptor.
    public var file: String
    /// Counted from 1; 1 if the whole file is meant.
    public var line: Int
    /// Counted from 1, in Unicode scalars.
    public var column: Int
    /// The field that is meant; empty for the line itself.
    public var subject: String
    /// What is there.
    public var found: String
    /// What should be there.
    public var expected: String
    /// The right word that is nearest to the wrong one, if one is near.
    public var suggestion: String?
    /// Nothing after this place can be read. After any other error a reader goes on with the next line.
    public var isFinal: Bool

    /// Makes an error at a place of a file. Lines and columns are counted from 1.
    public init(
        file: String, line: Int = 1, column: Int = 1, subject: String = "", found: String, expected: String,
        suggestion: String? = nil, isFinal: Bool = false
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.subject = subject
        self.found = found
        self.expected = expected
        self.suggestion = suggestion
        self.isFinal = isFinal
    }

    /// `file:line:column: error: subject: found …; expected …; did you mean …?`, in one line.
    public var description: String {
        let place = "\(file):\(line):\(column): error: " + (subject.isEmpty ? "" : "\(subject): ")
        let question = suggestion.map { "; did you mean \($0)?" } ?? ""
        return "\(place)found \(found); expected \(expected)\(question)".printable
    }
}

/// The errors of a file, in the order of their places.
public struct HistoryFileErrors: Error, Sendable, Hashable, CustomStringConvertible {
    /// How many errors are kept; more are counted.
    public static let maximum = 20

    /// The first of them, at most ``maximum``; never empty.
    public var errors: [HistoryFileError]
    /// How many more there are.
    public var further: Int

    /// Makes the errors of a file.
    /// - Parameters:
    ///     - errors: the first of them, at most ``maximum``, in the order of their places; at least one.
    ///     - further: how many more there are.
    public init(_ errors: [HistoryFileError], further: Int = 0) {
        self.errors = errors
        self.further = further
    }

    /// One line per error, and one with the number of those that are not listed.
    public var description: String {
        let lines = errors.map(\.description) + (further > 0 ? ["and \(further) more malformed lines"] : [])
        return lines.joined(separator: "\n")
    }
}

/// Collects the errors of a file while it is read: the first of them, and the number of all.
public struct HistoryErrorCollector: Sendable {
    /// All so far; `nil` if there are none.
    public private(set) var errors: HistoryFileErrors?

    /// Makes a collector that has no errors.
    public init() {}

    /// Adds an error. The first ``HistoryFileErrors/maximum`` are kept, all others are counted. O(1).
    public mutating func add(_ error: HistoryFileError) {
        guard var known = errors else {
            errors = HistoryFileErrors([error])
            return
        }
        if known.errors.count < HistoryFileErrors.maximum { known.errors.append(error) } else { known.further += 1 }
        errors = known
    }
}

import History

/// One error in a file.
public struct ScenarioDiagnostic: Sendable, Hashable, CustomStringConvertible {
    /// The path, as it was given to the loader.
    public var file: String
    /// Counted from 1; 1 if the whole file is meant. 0 if there is no file, and `file` says where the text is from.
    public var line: Int
    /// Counted from 1, in Unicode scalars; 0 if there is no file.
    public var column: Int
    /// Which part of the file is meant, from the outside in: `cluster.layers.L1.ttl`. Empty for the file itself.
    public var subject: String
    /// What is there.
    public var found: String
    /// What should be there.
    public var expected: String
    /// The right word that is nearest to the wrong one, if one is near.
    public var suggestion: String?

    /// Makes an error at a place of a file; each argument is the property of the same name.
    public init(
        at position: SourcePosition, subject: String = "", found: String, expected: String, suggestion: String? = nil
    ) {
        self.file = position.file
        self.line = position.line
        self.column = position.column
        self.subject = subject
        self.found = found
        self.expected = expected
        self.suggestion = suggestion
    }

    /// `file:line:column: error: subject: found …; expected …; did you mean …?`, in one line. What is no file has no
    /// lines.
    public var description: String {
        let place =
            (line == 0 ? file : "\(file):\(line):\(column)") + ": error: " + (subject.isEmpty ? "" : "\(subject): ")
        let question = suggestion.map { "; did you mean \($0)?" } ?? ""
        return "\(place)found \(found); expected \(expected)\(question)".printable
    }
}

/// All errors of a file, in the order of their places.
public struct ScenarioErrors: Error, Sendable, Hashable, CustomStringConvertible {
    /// Never empty.
    public var diagnostics: [ScenarioDiagnostic]

    /// Makes the errors of a file, in the order of their places; at least one.
    public init(_ diagnostics: [ScenarioDiagnostic]) {
        self.diagnostics = diagnostics
    }

    /// One line per error, of the first ``mostTold``; then how many more there are.
    public var description: String { told.joined(separator: "\n") }

    /// How many errors are listed one by one.
    public static let mostTold = 20

    /// A line for each error, of the first ``mostTold``; then one that says how many more there are.
    public var told: [String] {
        let rest = diagnostics.count - Self.mostTold
        let lines = diagnostics.prefix(Self.mostTold).map(\.description)
        return rest > 0 ? lines + ["and \(rest) more \(rest == 1 ? "error" : "errors")"] : lines
    }
}

/// A place in a file.
public struct SourcePosition: Sendable, Hashable, CustomStringConvertible {
    /// The path, as it was given to the loader.
    public var file: String
    /// Counted from 1.
    public var line: Int
    /// Counted from 1, in Unicode scalars.
    public var column: Int

    /// Makes a place. Lines and columns are counted from 1.
    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `file:line:column`
    public var description: String { "\(file):\(line):\(column)" }
}

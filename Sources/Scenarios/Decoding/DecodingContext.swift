import Yams

/// A line and a column, both counted from 1, the column in Unicode scalars.
struct TextPosition {
    var line: Int
    var column: Int

    init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    init(_ mark: Mark) {
        self.init(line: mark.line, column: mark.column)
    }
}

/// Collects the errors of one file while it is decoded.
final class DecodingContext {
    /// The path, as it was given.
    let file: String
    /// How many lines the file has, at least 1. No error is placed beyond them.
    let lineCount: Int
    /// What the file is written in, for reports: JSON is read as the YAML that it is.
    let language: String
    /// How large what is declared may be.
    let limits: ScenarioLimits
    private(set) var diagnostics: [ScenarioDiagnostic] = []

    init(file: String, text: String, language: String = "YAML", limits: ScenarioLimits = .usual) {
        self.file = file
        self.limits = limits
        self.language = language
        self.lineCount = max(1, text.split(separator: "\n", omittingEmptySubsequences: false).count)
    }

    /// The position of a place, or that of the file.
    func position(_ place: TextPosition?) -> SourcePosition {
        let line = min(max(1, place?.line ?? 1), lineCount)
        return SourcePosition(file: file, line: line, column: max(1, place?.column ?? 1))
    }

    /// The position of a node. What a caller has put into the document stands in no line of it.
    func position(of node: Node) -> SourcePosition {
        guard let mark = node.mark else { return SourcePosition(file: ScenarioOverride.place, line: 0, column: 0) }
        return position(TextPosition(mark))
    }

    func report(
        at position: SourcePosition, _ subject: String, found: String, expected: String, suggestion: String? = nil
    ) {
        diagnostics.append(
            ScenarioDiagnostic(
                at: position, subject: subject, found: found, expected: expected, suggestion: suggestion))
    }

    func report(contentsOf others: [ScenarioDiagnostic]) {
        diagnostics += others
    }

    /// All errors, each once, in the order of their places; those of other files come last.
    var sortedDiagnostics: [ScenarioDiagnostic] {
        var seen: Set<ScenarioDiagnostic> = []
        return diagnostics.filter { seen.insert($0).inserted }.enumerated().sorted { left, right in
            let leftKey = (left.element.file == file ? 0 : 1, left.element.line, left.element.column, left.offset)
            let rightKey = (right.element.file == file ? 0 : 1, right.element.line, right.element.column, right.offset)
            return leftKey < rightKey
        }.map(\.element)
    }
}

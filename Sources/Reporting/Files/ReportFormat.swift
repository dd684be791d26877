/// What a report tells of: what one command came to.
public enum ReportContent: Sendable {
    /// Of `coherence run` and `coherence gate`.
    case run(Report)
    /// Of `coherence explore`.
    case exploration(ExplorationReport)
    /// Of `coherence check`.
    case histories(HistoryReport)

    /// When, where and of what it was made; `nil` if nobody looked.
    public var circumstances: ReportCircumstances? {
        switch self {
        case .run(let report): report.circumstances
        case .exploration(let report): report.circumstances
        case .histories(let report): report.circumstances
        }
    }
}

/// A form in which a command can write its report into a file, beside what it prints.
///
/// A form is a name and a function. Another module adds its own and puts it among those that the command offers.
public struct ReportFormat: Sendable {
    /// What `--report NAME=FILE` calls it.
    public let name: String
    /// What it is for, in some words, for `--help`.
    public let meaning: String
    private let make: @Sendable (ReportContent) throws -> String

    /// - Parameter make: writes a whole file, with a line feed at its end.
    public init(name: String, meaning: String, make: @escaping @Sendable (ReportContent) throws -> String) {
        self.name = name
        self.meaning = meaning
        self.make = make
    }

    /// The whole file.
    /// - Throws: what keeps it from being written in this form.
    public func text(_ content: ReportContent) throws -> String { try make(content) }

    /// All forms that this module writes.
    public static let all: [ReportFormat] = [.json, .junit, .markdown, .github]

    /// The document that `--format json` prints.
    public static let json = ReportFormat(name: "json", meaning: "the document of --format json") { content in
        switch content {
        case .run(let report): try JSONReport(report).encoded() + "\n"
        case .exploration(let report): try ExplorationJSONReport(report).encoded() + "\n"
        case .histories(let report): try HistoryJSONReport(report).encoded() + "\n"
        }
    }
}

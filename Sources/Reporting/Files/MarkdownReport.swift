import History
import Judging

extension ReportFormat {
    /// The summary of a job, as GitHub and GitLab show it.
    public static let markdown = ReportFormat(name: "markdown", meaning: "the summary of a CI job") { content in
        MarkdownReport(content).text
    }
}

/// What did not pass as a table, its details below it, and the rest folded away. Never larger than what GitHub takes.
struct MarkdownReport {
    let text: String
    /// GitHub refuses a summary of more than 1 MiB.
    static let limit = 1_000_000
    /// Of the block of one case.
    private static let mostDetails = 50_000
    /// Room for what says that something was left out.
    private static let reserve = 500

    init(_ content: ReportContent, limit: Int = MarkdownReport.limit) {
        var text = BoundedText(limit: limit - Self.reserve)
        let cases = ReportCase.all(of: content)
        text.append("## \(Self.sign(content.verdict)) `\(content.command)`: \(content.verdict.rawValue)\n\n")
        text.append(content.totals.map(Self.escaped).joined(separator: "  \n") + "\n")
        if let circumstances = content.circumstances {
            let machine = circumstances.machine
            let facts = [
                circumstances.start, "\(machine.system), \(machine.architecture), \(machine.processors) processors",
                circumstances.revision.map { "revision \($0.prefix(12))" + ($0.hasSuffix("-dirty") ? "-dirty" : "") },
            ].compactMap { $0 }
            text.append("\n\(Self.escaped(facts.joined(separator: " · ")))\n")
        }
        let wrong = cases.filter { $0.verdict != .pass && $0.verdict != nil }
        let passed = cases.filter { $0.verdict == .pass }
        let notRun = cases.filter { $0.verdict == nil }
        Self.append(wrong, to: &text, header: ["", "scenario", "", "reason"]) {
            [$0.verdict.map(Self.sign) ?? "", Self.escaped($0.name), $0.place, Self.escaped($0.reason)]
        }
        for one in wrong { text.append(Self.details(one)) }
        Self.append(
            passed, to: &text, header: ["passed", "", "", "s"], folded: Figures.count(passed.count) + " passed"
        ) {
            [Self.escaped($0.name), $0.place, $0.amount, Figures.plain($0.seconds)]
        }
        Self.append(
            notRun, to: &text, header: ["not run", "", "reason"], folded: Figures.count(notRun.count) + " not run"
        ) {
            [Self.escaped($0.name), $0.place, Self.escaped($0.reason)]
        }
        if text.leftOut > 0 {
            text.appendAnyway(
                "\n**Left out, for lack of room:** \(Figures.count(text.leftOut, "part")) of this report, of "
                    + "\(Figures.count(text.leftOutBytes)) bytes. All of it is in the other forms of the report.\n")
        }
        self.text = text.text
    }

    private static func sign(_ verdict: RunVerdict) -> String {
        switch verdict {
        case .pass: "✅"
        case .unknown: "❔"
        case .missed: "🐢"
        case .violation: "❌"
        case .error: "💥"
        }
    }

    private static func append(
        _ cases: [ReportCase], to text: inout BoundedText, header: [String], folded: String? = nil,
        _ cells: (ReportCase) -> [String]
    ) {
        guard !cases.isEmpty else { return }
        if let folded { text.append("\n<details><summary>\(folded)</summary>\n") }
        text.append("\n| \(header.joined(separator: " | ")) |\n|\(String(repeating: " --- |", count: header.count))\n")
        for one in cases { text.append("| \(cells(one).joined(separator: " | ")) |\n") }
        if folded != nil { text.appendAnyway("\n</details>\n") }
    }

    private static func details(_ one: ReportCase) -> String {
        let block = BoundedText.cut(one.details, to: mostDetails)
        // A fence ends at as many backticks as began it.
        var longest = 0
        for run in block.matches(of: /`+/) { longest = max(longest, run.output.count) }
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return "\n<details><summary>\(escaped(one.title)): \(one.verdict?.rawValue ?? "")</summary>\n\n\(fence)text\n"
            + block.trimmingSuffix(while: \.isNewline) + "\n\(fence)\n\n</details>\n"
    }

    /// Text that means itself: neither a sign of Markdown, nor HTML, nor the name of a person.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.printable {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "@": result += "&#64;"
            case "\\", "`", "*", "_", "[", "]", "|", "#", "~", "!": result += "\\\(character)"
            default: result.append(character)
            }
        }
        return result
    }
}

/// A text that does not grow beyond a limit, and says how much did not fit.
struct BoundedText {
    private(set) var text = ""
    /// How many parts did not fit.
    private(set) var leftOut = 0
    private(set) var leftOutBytes = 0
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// A part that is there as a whole, or not at all.
    mutating func append(_ part: String) {
        guard text.utf8.count + part.utf8.count <= limit else {
            leftOut += 1
            leftOutBytes += part.utf8.count
            return
        }
        text += part
    }

    /// What closes something that was begun.
    mutating func appendAnyway(_ part: String) { text += part }

    /// The beginning of a text, in whole lines, and how much more there was.
    static func cut(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var kept = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard kept.utf8.count + line.utf8.count < limit else { break }
            kept += line + "\n"
        }
        return kept + "… \(Figures.count(text.utf8.count - kept.utf8.count)) more bytes\n"
    }
}

import Checking
import Foundation
import History

/// Where in a scenario file something is declared.
struct ScenarioLines {
    private let lines: [Substring]

    /// A file that cannot be read has no lines: everything is at the first then.
    init(_ path: String) {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    init(text: String) { lines = text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// The line that declares a check, counted from 1; where the cache's promise decides what is asked, the first.
    func line(ofCheck check: String) -> Int { line(of: check, in: "checks") }

    /// The line that declares a target; of one that is in a table, that of the list of targets.
    func line(ofTarget title: String) -> Int { line(of: title, in: "targets") }

    /// The line of a word in a field of the file itself: that of the field if the word is not there, and the first if
    /// there is no such field.
    private func line(of word: String, in field: String) -> Int {
        guard let start = lines.firstIndex(where: { $0.hasPrefix("\(field):") }) else { return 1 }
        for (offset, line) in lines[start...].enumerated() {
            let isNextField = offset > 0 && line.first.map { $0.isLetter } ?? false
            if isNextField { break }
            // `- staleness: { at-most: 1s }`, or a word in a list of one line.
            let words = line.prefix { $0 != "#" }.split { !($0.isLetter || $0.isNumber || $0 == "-") }
            if words.contains(word[...]) { return start + offset + 1 }
        }
        return start + 1
    }
}

/// What a check has against a history, for people.
struct CheckStory {
    private let report: CheckReport

    init(_ report: CheckReport) { self.report = report }

    /// The operations that prove the first violation, in the order of time; or why the check is unknown.
    var text: String {
        guard let violation = report.violations.first else {
            return "\(report.check) is unknown: \(report.reason?.printable ?? "it examined nothing")"
        }
        let more = report.violations.count > 1 ? "\n(and \(report.violations.count - 1) more)" : ""
        return "violation of \(report.check): \(violation.rule)\n\(violation.explanation)\(more)"
    }
}

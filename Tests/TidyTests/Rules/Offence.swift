/// A place that breaks a rule.
struct Offence: Sendable, Equatable, CustomStringConvertible {
    enum Rule: String, CaseIterable {
        case columns
        case documented
        case errorCode = "error-code"
        case functionLines = "function-lines"
        case imports
        case longFile = "long-file"
        case shortFile = "short-file"
        case typeName = "type-name"
    }

    var rule: Rule
    var path: String
    /// Counted from 1.
    var line: Int
    /// What is wrong, and what is allowed.
    var reason: String

    var description: String { "\(path):\(line): \(reason) [\(rule.rawValue)]" }
}

/// The offences that are not yet mended: `to-do.txt` beside this file, an entry a line, `PATH RULE`, sorted.
///
/// The list can only shrink. An offence that it does not name fails, and so does an entry without an offence.
struct ToDo {
    struct Entry: Hashable, Comparable, CustomStringConvertible {
        var path: String
        var rule: String

        var description: String { "\(path) \(rule)" }

        static func < (left: Entry, right: Entry) -> Bool { (left.path, left.rule) < (right.path, right.rule) }
    }

    let entries: [Entry]

    init(_ text: String) {
        entries = text.split(separator: "\n").map { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            return Entry(path: String(parts[0]), rule: parts.count > 1 ? String(parts[1]) : "")
        }
    }

    /// What is wrong with the list, and the offences that it does not name.
    func problems(_ offences: [Offence]) -> [String] {
        let offending = Set(offences.map { Entry(path: $0.path, rule: $0.rule.rawValue) })
        let listed = Set(entries)
        var problems = offences.filter { !listed.contains(Entry(path: $0.path, rule: $0.rule.rawValue)) }
            .map(\.description)
        problems += entries.filter { !offending.contains($0) }
            .map { "`\($0)` no longer offends. Delete this line of Tests/TidyTests/to-do.txt." }
        if entries != listed.sorted() {
            problems.append("The lines of Tests/TidyTests/to-do.txt are not sorted, or double.")
        }
        return problems
    }

    /// The list without what no longer offends. A file that was moved is found by its name.
    func renewed(_ offences: [Offence]) -> String {
        let offending = Set(offences.map { Entry(path: $0.path, rule: $0.rule.rawValue) })
        func key(_ entry: Entry) -> String { "\(entry.path.split(separator: "/").last ?? "") \(entry.rule)" }
        let gone = Set(entries.filter { !offending.contains($0) }.map(key))
        let kept = offending.filter { entries.contains($0) || gone.contains(key($0)) }
        return kept.sorted().map { "\($0)\n" }.joined()
    }
}

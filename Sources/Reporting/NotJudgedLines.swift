import History
import Judging

/// What was asked and not judged, for people: a line for each reason.
struct NotJudgedLines {
    let lines: [String]

    init(_ all: [NotJudged], _ style: Style) {
        var reasons: [String] = []
        for one in all where !reasons.contains(one.reason) { reasons.append(one.reason) }
        lines = reasons.map { reason in
            let names = all.filter { $0.reason == reason }.map(\.name.printable).joined(separator: ", ")
            return "  \(style.doubtful(reason.printable)): \(names)"
        }
    }
}

/// What was not run, for people: a line for each reason.
struct NotRunLines {
    let lines: [String]

    /// - Parameter most: how many names are told for a reason.
    init(_ all: [NotRun], _ style: Style, most: Int = .max) {
        var reasons: [String] = []
        for one in all where !reasons.contains(one.reason) { reasons.append(one.reason) }
        lines = reasons.map { reason in
            let names = all.filter { $0.reason == reason }.map(\.name.printable)
            return "\(style.doubtful("not run")), \(reason.printable): \(CountedNames.text(names, most: most))"
        }
    }
}

/// Names in a sentence.
enum CountedNames {
    /// Each name once, with how often it occurs; of many the first ones, and how many more there are.
    static func text(_ names: [String], most: Int = .max) -> String {
        var counts: [String: Int] = [:]
        var order: [String] = []
        for name in names {
            if counts[name] == nil { order.append(name) }
            counts[name, default: 0] += 1
        }
        let told = order.prefix(most).map { name in
            let count = counts[name, default: 1]
            return count == 1 ? name : "\(name) (\(Figures.count(count)) times)"
        }
        let rest = order.count - told.count
        return told.joined(separator: ", ") + (rest > 0 ? " and \(Figures.count(rest)) more" : "")
    }
}

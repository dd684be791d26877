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

    init(_ all: [NotRun], _ style: Style) {
        var reasons: [String] = []
        for one in all where !reasons.contains(one.reason) { reasons.append(one.reason) }
        lines = reasons.map { reason in
            let names = all.filter { $0.reason == reason }.map(\.name.printable)
            return "\(style.doubtful("not run")), \(reason.printable): \(Self.counted(names))"
        }
    }

    /// A name once, with how often it occurs.
    private static func counted(_ names: [String]) -> String {
        var order: [String] = []
        for name in names where !order.contains(name) { order.append(name) }
        return order.map { name in
            let count = names.count { $0 == name }
            return count == 1 ? name : "\(name) (\(Figures.count(count)) times)"
        }.joined(separator: ", ")
    }
}

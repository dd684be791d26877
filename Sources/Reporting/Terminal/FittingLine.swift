import History
import Judging
import Scenarios

/// What came of something, in one line that fits the terminal: its least telling facts go first, then the title is cut.
struct FittingLine {
    /// A fact with how soon it may be left out; 0: never.
    typealias Fact = (text: String, dispensability: Int)

    let text: String

    init(_ verdict: RunVerdict, _ title: String, _ facts: [Fact], _ style: Style) {
        var facts = facts
        func line(_ title: String) -> String {
            let told = facts.map(\.text).joined(separator: ", ")
            return "\(style.verdict(verdict)) \(style.strong(title))  \(style.faint(told))"
        }
        func excess() -> Int { style.width.map { Style.width(line(title)) - $0 } ?? 0 }
        while excess() > 0 {
            guard let least = facts.indices.max(by: { facts[$0].dispensability < facts[$1].dispensability }),
                facts[least].dispensability > 0
            else { break }
            facts.remove(at: least)
        }
        let surplus = excess()
        text = line(surplus > 0 ? String(title.dropLast(min(surplus + 1, title.count - 1))) + "…" : title)
    }
}

extension FittingLine {
    /// Runs of one scenario in one world that passed.
    /// - Parameters:
    ///   - title: the scenario's name.
    ///   - passed: never empty.
    ///   - count: of all its runs in that world.
    ///   - isSeedTold: whether the seed tells this line from others.
    init(_ title: String, _ passed: [ScenarioResult], of count: Int, isSeedTold: Bool, _ style: Style) {
        let first = passed[0]
        let operations = passed.reduce(0) { $0.addingClamped($1.operations.total) }
        let failed = passed.reduce(0) { $0.addingClamped($1.operations.failed) }
        let seconds = passed.reduce(0) { $0 + $1.duration }
        let warnings = passed.reduce(0) { $0 + $1.targets.count { $0.isWarning } }
        var facts: [Fact] = [(first.world.rawValue, 1)]
        if let subject = first.subject { facts.insert((subject.title.printable, 4), at: 0) }
        if count > 1 {
            let noun = first.variant.isEmpty ? "applications" : "variants"
            facts.append((passed.count == count ? "\(count) \(noun)" : "\(passed.count) of \(count) \(noun)", 2))
        }
        if isSeedTold { facts.append(("seed \(first.runSeed ?? first.seed)", 0)) }
        if !first.defects.isEmpty {
            facts.append((String(TerminalReport.defects(Array(first.defects)).dropFirst(2)), 0))
        }
        facts.append((Figures.count(operations, "operation"), 3))
        if failed > 0 { facts.append(("\(Figures.count(failed)) of them failed", 4)) }
        facts.append(("\(Figures.plain(seconds)) s", 0))
        let attempts = passed.map(\.attempts).max() ?? 1
        if attempts > 1 {
            facts.append((style.doubtful("passed when run \(attempts == 2 ? "twice" : "\(attempts) times")"), 0))
        }
        if warnings > 0 { facts.append((style.doubtful("\(Figures.count(warnings, "target")) at warning level"), 0)) }
        self.init(.pass, title.printable, facts, style)
    }
}

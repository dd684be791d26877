import Judging
import Scenarios

/// What became of the managers of a run, for people.
package struct ManagerLines {
    package let lines: [String]
    /// So many changes of a breaker are told one by one.
    private static let shownTransitions = 9

    package init(_ record: ManagerRecord?) {
        guard let record else {
            lines = []
            return
        }
        lines =
            [Self.managers(record)] + Self.calls(record.processes.map(\.calls))
            + record.processes.flatMap { Self.breaker($0, isOnly: record.processes.count == 1) }
    }

    private static func managers(_ record: ManagerRecord) -> String {
        let count = record.processes.count
        let managers = record.processes.reduce(0) { $0 + $1.managers }
        let tasks = Figures.count(record.processes.map(\.tasks).max() ?? 0)
        let asked = count == 1 ? "for \(tasks) tasks that asked at once" : "for \(tasks) tasks each that asked at once"
        var text = "managers: \(Figures.count(managers)) in \(Figures.count(count, "process", "processes")), \(asked)"
        if record.lists + record.listsMissed > 0 {
            text += "; at most \(record.mostConnections) of \(record.limit) connections in a pool"
            text += ", by \(Figures.count(record.lists, "list", "lists")) of the server's"
            if record.listsMissed > 0 { text += ", \(Figures.count(record.listsMissed)) more asked for in vain" }
        }
        return text
    }

    private static func calls(_ calls: [ManagerRecord.Calls?]) -> [String] {
        let told = calls.compactMap { $0 }
        guard !told.isEmpty else { return [] }
        func sum(_ part: (ManagerRecord.Calls) -> Int) -> Int { told.reduce(0) { $0 + part($1) } }
        func reasons(_ part: (ManagerRecord.Calls) -> [String: Int], _ words: String) -> String? {
            let counts = told.reduce(into: [:]) { $0.merge(part($1), uniquingKeysWith: +) }
            guard !counts.isEmpty else { return nil }
            let each = counts.sorted { $0.key < $1.key }.map { "\($0.key) \(Figures.count($0.value))" }
            return "\(Figures.count(counts.values.reduce(0, +))) \(words) (\(each.joined(separator: ", ")))"
        }
        let refused = sum(\.refused)
        let parts = [
            "\(Figures.count(sum(\.answered))) answered",
            refused > 0 ? "\(Figures.count(refused)) refused at once by the breaker" : nil,
            reasons(\.failed, "failed"), reasons(\.unknown, "of unknown outcome"),
        ]
        let silent = calls.count - told.count
        let rest =
            silent > 0 ? "; \(Figures.count(silent, "process was", "processes were")) killed before telling theirs" : ""
        return ["calls: " + parts.compactMap { $0 }.joined(separator: ", ") + rest]
    }

    private static func breaker(_ process: ManagerRecord.Process, isOnly: Bool) -> [String] {
        let all = process.transitions
        guard !all.isEmpty else { return [] }
        let shown = all.prefix(shownTransitions).map {
            "\($0.to) at \(Quantity(Double($0.time), .nanoseconds))"
        }
        let hidden = all.count - shown.count
        let whose = isOnly ? "breaker" : "breaker of process \(process.process)"
        return [
            "\(whose): closed, then \(shown.joined(separator: ", "))"
                + (hidden > 0 ? ", and \(Figures.count(hidden)) more changes, the last to \(all.last?.to ?? "")" : "")
        ]
    }
}

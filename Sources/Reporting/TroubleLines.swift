import History
import Judging

/// Why operations failed and what adapters logged, for people.
struct TroubleLines {
    let lines: [String]
    private static let shownReasons = 5
    private static let shownLogs = 5

    init(_ troubles: TroubleRecord, _ style: Style) {
        var lines = troubles.reasons.prefix(Self.shownReasons).map { reason in
            let outcome = style.doubtful(reason.isUnknown ? "of unknown outcome" : "failed")
            return "  \(outcome): \(Self.counted(reason)): \(reason.text.printable)"
        }
        let rest = troubles.reasons.dropFirst(Self.shownReasons)
        let hidden = rest.reduce(troubles.others) { $0 + $1.count }
        if hidden > 0 {
            lines.append("  and \(Figures.count(hidden)) more operations that did not succeed, for other reasons")
        }
        if troubles.untold > 0 {
            lines.append(
                "  \(style.doubtful("without a reason")): \(Figures.count(troubles.untold, "operation")) "
                    + "did not succeed, in instances that do not say why")
        }
        if troubles.misses > 0 {
            lines.append(
                "  \(style.faint("not judged")): \(Figures.count(troubles.misses, "miss", "misses")): "
                    + "the cache had nothing and asked nobody")
        }
        lines += troubles.logs.prefix(Self.shownLogs).map { line in
            "  \(style.faint("log of instance \(line.instance + 1)")): \(line.level.printable): \(line.text.printable)"
        }
        let more = troubles.logs.dropFirst(Self.shownLogs).count + troubles.moreLogs
        if more > 0 { lines.append("  and \(Figures.count(more, "more line")) of logs") }
        self.lines = lines
    }

    /// `150 writes of instances 1, 2`
    private static func counted(_ reason: TroubleRecord.Reason) -> String {
        let instances = reason.instances.keys.sorted().map { "\($0 + 1)" }
        let shown = instances.prefix(4).joined(separator: ", ")
        let who =
            instances.count > 4
            ? "\(instances.count) instances"
            : instances.count == 1 ? "instance \(shown)" : "instances \(shown)"
        return "\(TroubleRecord.counted(reason.count, reason.operation)) of \(who)"
    }
}

import History
import Judging
import Reporting
import Scenarios

/// Of a run what is looked up now and then: faults, failures, logs, the bus, managers, where the time went, all
/// figures.
struct RestSection {
    private let result: ScenarioResult

    init(_ result: ScenarioResult) { self.result = result }

    var markup: Markup {
        let parts = [troubles, faults, bus, managers, time, measurements].filter { !$0.isEmpty }
        return parts.isEmpty ? "" : "<h3>More figures</h3>\n\(parts)"
    }

    private var troubles: Markup {
        let troubles = result.troubles
        let rows = troubles.reasons.map { reason -> [Markup] in
            let instances = reason.instances.keys.sorted().map { "\($0 + 1)" }.joined(separator: ", ")
            return [
                "\(reason.text)", "\(reason.operation)", "\(reason.isUnknown ? "unknown" : "failed")",
                "\(Figures.count(reason.count))", "\(instances)",
            ]
        }
        var lines: [Markup] = []
        if troubles.others > 0 { lines.append("\(Figures.count(troubles.others)) more, for other reasons") }
        if troubles.untold > 0 {
            lines.append(
                "\(Figures.count(troubles.untold, "operation")) did not succeed in instances that do not say why")
        }
        if troubles.misses > 0 {
            lines.append(
                "\(Figures.count(troubles.misses, "read")) not judged: the cache had nothing and asked nobody")
        }
        let logs = troubles.logs.map { line -> Markup in
            "<code>instance \(line.instance + 1), \(line.level): \(line.text)</code>"
        }
        let reasons =
            Tables.table(
                "Why operations did not succeed",
                [.text("Reason"), .text("Operation"), .text("Outcome"), .number("Count"), .text("Instances")], rows)
            + Tables.list(lines)
        let more: Markup =
            troubles.moreLogs > 0 ? "<p>and \(Figures.count(troubles.moreLogs, "more line"))</p>" : ""
        return Tables.details("Operations that did not succeed", reasons, isOpen: true)
            + Tables.details("Logs of adapters", logs.isEmpty ? "" : Tables.list(logs) + more)
    }

    private var faults: Markup {
        let rows = result.faults.map { record -> [Markup] in
            func time(_ time: Int64?) -> String? { time.map { Shown.time(Double($0)) } }
            return [
                "\("\(record.fault)")", "\(record.fault.phases.joined(separator: ", "))",
                "\(time(record.start) ?? "did not happen")",
                "\(record.start == nil ? "–" : time(record.end) ?? "the end of the run")", "\(record.times)",
                "\(record.tookEffect ? "yes" : "no")",
            ]
        }
        return Tables.details(
            "Faults",
            Tables.table(
                "Faults",
                [
                    .text("Fault"), .text("During"), .number("From"), .number("To"), .number("Times"),
                    .text("Took effect"),
                ], rows))
    }

    private var bus: Markup {
        let rows = result.bus.sorted { $0.key < $1.key }.map { instance, counts -> [Markup] in
            let figures = [
                counts.published, counts.received, counts.ownFiltered, counts.duplicatesFiltered, counts.lost,
                counts.gaps, counts.disconnections, counts.caughtUp, counts.distrusted,
            ]
            return ["instance \(instance + 1)"] + figures.map { "\(Figures.count($0))" }
        }
        let titles = [
            "published", "received", "own filtered", "duplicates filtered", "lost", "gaps", "disconnections",
            "caught up", "distrusted",
        ]
        return Tables.details(
            "The bus", Tables.table("The bus, by instance", [.text("Bus of")] + titles.map { .number($0) }, rows))
    }

    private var managers: Markup {
        Tables.details("Managers", Tables.list(ManagerLines(result.managers).lines.map { "\($0)" }))
    }

    private var time: Markup {
        let shares = TimeShares(of: result.history)
        guard shares.seconds > 0 else { return "" }
        func rows(_ parts: [TimeShares.Part], _ who: String) -> [[Markup]] {
            parts.map { part in
                [
                    "\(part.what)", "\(who)", "\(Figures.count(part.count))", "\(Figures.plain(part.seconds)) s",
                    "\(Figures.plain((1000 * part.seconds / shares.seconds).rounded() / 10)) %",
                ]
            }
        }
        return Tables.details(
            "Where the time went",
            Tables.table(
                "Where the time went, as a share of the time that clients waited",
                [.text("What"), .text("Who"), .number("Count"), .number("Time"), .number("Share")],
                rows(shares.operations, "clients") + rows(shares.inside, "the cache meanwhile")))
    }

    private var measurements: Markup {
        let rows = result.measurements.map { one -> [Markup] in
            let labels = one.labels.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            return ["\(one.metric)", "\(labels)", "\(one.unit)", "\(Figures.count(one.count))"]
                + [one.min, one.mean, one.p50, one.p95, one.p99, one.max].map { "\(Figures.plain($0))" }
        }
        return Tables.details(
            "All measurements",
            Tables.table(
                "All measurements",
                [
                    .text("Metric"), .text("Of"), .text("Unit"), .number("Count"), .number("Min"), .number("Mean"),
                    .number("p50"), .number("p95"), .number("p99"), .number("Max"),
                ], rows, most: 400))
    }
}

import BridgeTrial
import Judging
import Reporting
import Scenarios

/// One run of an event bridge.
struct BridgeSection {
    private let run: BridgeRun
    private let number: Int
    private let redis: String?
    private let isOnly: Bool

    init(_ run: BridgeRun, number: Int, redis: String?, isOnly: Bool) {
        self.run = run
        self.number = number
        self.redis = redis
        self.isOnly = isOnly
    }

    func markup(_ budget: PageBudget) -> Markup {
        budget.take("an event bridge") {
            SectionFrame(
                number: number, name: run.scenario.name, verdict: run.verdict, facts: facts,
                isOpen: isOnly || run.verdict != .pass, isOnly: isOnly
            ).markup(Markup([failure, command, targets, counts].filter { !$0.isEmpty }))
        }
    }

    private var facts: [String] {
        let bridge = run.scenario.bridge
        return [
            "event bridge", bridge.transport.rawValue, "\(bridge.instances) processes",
            "\(Figures.count(bridge.rate)) events/s", bridge.fault.map { "fault \($0.rawValue)" },
            "\(Figures.plain(run.duration)) s", run.scenario.file,
        ].compactMap { $0 }
    }

    private var failure: Markup {
        run.failure.map { #"<p class="failure"><strong>not run to its end:</strong> \#($0)</p>"# } ?? ""
    }

    private var command: Markup {
        Tables.command(run.verdict == .pass ? "Run again" : "Reproduce", ReproduceLine.of(run, redis: redis))
    }

    private var targets: Markup { TargetResults.markup(run.targets) }

    private var counts: Markup {
        guard let trial = run.trial else { return "" }
        let rows: [[Markup]] = trial.instances.map { instance in
            let report = instance.report
            func shown(_ number: UInt64?) -> Markup { "\(number.map { Figures.count(Int(clamping: $0)) } ?? "–")" }
            return [
                "instance \(instance.number + 1)", shown(instance.received),
                shown(report.map { _ in trial.lost(by: instance) }), shown(report?.duplicates),
                shown(report?.selfReceived), shown(report?.errors), "\(instance.restarts)",
            ]
        }
        let delivered = Figures.count(Int(clamping: trial.delivered))
        return """
            <h3>Events</h3>
            <p>\(Figures.count(Int(clamping: trial.published))) published; \(delivered) of \
            \(Figures.count(Int(clamping: trial.expected))) delivered.</p>
            \(Tables.table(
                "Events by instance",
                [
                    .text("Instance"), .number("received"), .number("lost"), .number("twice"), .number("own"),
                    .number("errors"), .number("restarts"),
                ], rows))
            \(Tables.list(trial.notes.map { "\($0)" }))
            """
    }
}

import BridgeTrial
import Judging
import Scenarios

extension JSONReport.Scenario {
    /// Of an event bridge: its operations are the events that its instances published, and nothing in it is drawn.
    init(_ run: BridgeRun, redis: String?) {
        self.init(
            name: run.scenario.name, file: run.scenario.file, variant: "", world: World.live.rawValue, seed: 0,
            defects: run.trial?.plan.defect.map { [$0.rawValue] } ?? [], verdict: run.verdict.rawValue,
            durationSeconds: run.duration, timeScale: 1,
            operations: JSONReport.Operations(
                total: Int(clamping: run.trial?.published ?? 0), reads: 0, writes: 0, invalidations: 0, failed: 0,
                unknown: 0),
            checks: [], measurements: run.measurements.map(JSONReport.Measured.init),
            targets: run.targets.map { JSONReport.Target($0) },
            notJudged: run.notJudged.map {
                JSONReport.NotJudged(kind: "target", name: $0, reason: "not judged: the run did not come to its end")
            }, faults: nil,
            time: JSONReport.Time(clientSeconds: 0, operations: [], inside: []),
            impact: run.scenario.impact.map(JSONReport.Impact.init), bridge: run.trial.map(BridgeFigures.init),
            failure: run.failure, replay: ReproduceLine.of(run, redis: redis))
    }
}

extension JSONReport.Impact {
    init(_ impact: Impact) {
        self.init(
            protects: impact.protects, revenuePerMonth: impact.revenue?.perMonth, currency: impact.revenue?.currency)
    }
}

import EventBridge
import Judging
import Scenarios
import Testing

@testable import BridgeTrial

@Suite("The verdict on the counts of a bridge's instances")
struct BridgeVerdictTests {
    /// Three instances. The first publishes a hundred events, and the others receive each of them after a
    /// millisecond.
    static func whole() -> TrialResult {
        let plan = TrialPlan(
            BridgeDeclaration(instances: 3, publishers: [0], subscribers: [1, 2], duration: .seconds(1), rate: 100))
        let instances = (0..<3).map { number in
            var report = InstanceReport()
            report.bridge.published = number == 0 ? 100 : 0
            if number > 0 {
                report.delivered = [0: 100]
                report.latencies = [.init(nanoseconds: 1_000_000, count: 100)]
            }
            return InstanceResult(
                number: number, identifier: nil, published: number == 0 ? 100 : 0, report: report, isComplete: true,
                failure: nil)
        }
        return TrialResult(plan: plan, isPrivateServer: true, instances: instances, notes: [])
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let verdict: RunVerdict
        let change: @Sendable (inout TrialResult) -> Void

        init(_ title: String, _ verdict: RunVerdict, _ change: @escaping @Sendable (inout TrialResult) -> Void) {
            testDescription = title
            self.verdict = verdict
            self.change = change
        }
    }

    static let cases = [
        Case("everything is delivered", .pass) { _ in },
        Case("one is lost, and counted", .violation) {
            $0.instances[2].report?.delivered = [0: 99]
            $0.instances[2].report?.bridge.missed = 1
        },
        Case("one is delivered twice", .violation) { $0.instances[1].report?.duplicates = 1 },
        Case("the publisher is given its own", .violation) { $0.instances[1].report?.selfReceived = 1 },
        Case("one is counted that was not lost", .violation) { $0.instances[1].report?.bridge.missed = 1 },
        Case("one could not be published", .violation) { $0.instances[0].report?.errors = 1 },
        Case("everything is late", .missed) {
            $0.instances[1].report?.latencies = [.init(nanoseconds: 2_000_000_000, count: 100)]
        },
        Case("an instance died, and all was late", .unknown) {
            $0.instances[1].report?.latencies = [.init(nanoseconds: 2_000_000_000, count: 100)]
            $0.instances[2].failure = "was ended by signal 9"
        },
        Case("an instance died, and another was given something twice", .violation) {
            $0.instances[1].report?.duplicates = 1
            $0.instances[2].failure = "was ended by signal 9"
        },
        Case("something was not done in time", .unknown) { $0.notes = ["instance 1 did not report within 30 s"] },
        Case("nothing was published", .unknown) {
            $0.instances[0].published = 0
            for index in 1...2 {
                $0.instances[index].report?.delivered = [:]
                $0.instances[index].report?.latencies = []
            }
        },
    ]

    @Test("A forbidden event is a violation, lateness is missed, and a dead instance is unknown", arguments: cases)
    func verdict(_ example: Case) {
        var trial = Self.whole()
        example.change(&trial)
        let run = BridgeRun(BridgeScenario.measuring(trial.plan.bridge), trial, duration: 1)
        #expect(run.verdict == example.verdict)
        #expect(run.targets.count == run.scenario.targets.count)
    }

    @Test("A loss that no target forbids does not change the verdict, and a low share of deliveries is missed")
    func allowedLoss() {
        var trial = Self.whole()
        trial.instances[2].report?.delivered = [0: 50]
        trial.instances[2].report?.bridge.missed = 50
        func run(_ metrics: [Metric]) -> BridgeRun {
            var scenario = BridgeScenario.measuring(trial.plan.bridge)
            scenario.targets = scenario.targets.filter { metrics.map(\.name).contains($0.metric) }
            return BridgeRun(scenario, trial, duration: 1)
        }
        #expect(run([.bridgeMiscounted, .bridgeDuplicates]).verdict == .pass)
        #expect(run([.bridgeMiscounted, .bridgeDelivery]).verdict == .missed)
        #expect(run([.bridgeMiscounted, .bridgeLost]).verdict == .violation)
    }

    @Test("Each figure exists for all instances together, and for each instance that it concerns")
    func measurements() {
        var trial = Self.whole()
        trial.instances[2].report?.delivered = [0: 80]
        trial.instances[2].report?.bridge.missed = 20
        trial.instances[2].report?.longestAbsence = 3_000_000_000
        trial.instances[2].report?.errors = 4
        func value(_ metric: Metric, _ statistic: Statistic = .value, instance: Int? = nil) -> Double? {
            let labels = instance.map { ["instance": "\($0)"] } ?? [:]
            return trial.measurements.first { $0.metric == metric.name && $0.labels == labels }?.value(of: statistic)
        }
        #expect(value(.bridgePublished) == 100)
        #expect(value(.bridgePublished, instance: 1) == 100)
        #expect(value(.bridgePublished, instance: 2) == nil)
        #expect(value(.bridgeReceived) == 180)
        #expect(value(.bridgeReceived, instance: 3) == 80)
        #expect(value(.bridgeDelivery) == 90)
        #expect(value(.bridgeDelivery, instance: 3) == 80)
        #expect(value(.bridgeLost, instance: 2) == 0)
        #expect(value(.bridgeLost, instance: 3) == 20)
        #expect(value(.bridgeErrors) == 4)
        #expect(value(.bridgeDisconnected) == 3000)
        #expect(value(.bridgeDisconnected, instance: 2) == 0)
        #expect(value(.bridgeLatency, .count) == 200)
        let mean = value(.bridgeLatency, .mean) ?? 0
        #expect(abs(mean - 1) < 0.002)
        for statistic in [Statistic.min, .p50, .p95, .p99, .max] {
            let figure = value(.bridgeLatency, statistic, instance: 2) ?? 0
            #expect(abs(figure - 1) < 0.002, "\(statistic)")
        }
        // Each measurement has the unit of its metric in the catalogue.
        for measurement in trial.measurements {
            let metric = Metric.ofBridge.first { $0.name == measurement.metric }
            #expect(metric != nil, "\(measurement.metric)")
            #expect(measurement.unit == metric?.unit.display, "\(measurement.metric)")
        }
    }
}

import EventBridge
import PrometheusMetrics
import Scenarios
import Testing

@testable import BridgeTrial
@testable import Reporting

@Suite("Figures of an event bridge for a metrics system")
struct BridgeMetricsTests {
    /// Two instances; the second has been given so many events of the first, each after a millisecond, and missed one.
    static func trial(received: UInt64) -> TrialResult {
        var report = InstanceReport()
        report.delivered = [0: received]
        report.bridge.missed = 1
        report.latencies = [InstanceReport.LatencyCount(nanoseconds: 1_000_000, count: received)]
        let plan = TrialPlan(
            BridgeDeclaration(
                instances: 2, publishers: [0], duration: .seconds(1), rate: 10, payload: 1, transport: .streams))
        let instances = [nil, report].enumerated().map { number, report in
            InstanceResult(
                number: number, identifier: nil, published: nil, report: report, isComplete: false, failure: nil)
        }
        return TrialResult(plan: plan, isPrivateServer: true, instances: instances, notes: [])
    }

    @Test("Each time what has come since is added, and what nobody has reported is not there")
    func growing() {
        let registry = PrometheusRegistry()
        let metrics = BridgeMetrics(registry)
        let labels = #"{instance="1",transport="streams""#
        for received: UInt64 in [2, 2, 5] {
            metrics.update(Self.trial(received: received))
            let page = registry.page().split(separator: "\n")
            #expect(page.contains("coherence_bridge_delivered_total\(labels)} \(received)"))
            #expect(page.contains("coherence_bridge_missed_total\(labels)} 1"))
            #expect(page.contains("coherence_bridge_delivery_seconds_count\(labels)} \(received)"))
            #expect(!page.contains { $0.contains(#"instance="0""#) })
        }
    }
}

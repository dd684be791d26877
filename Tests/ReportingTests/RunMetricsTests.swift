import Foundation
import PrometheusMetrics
import Testing

@testable import Judging
@testable import Reporting

@Suite("Figures of runs for a metrics system")
struct RunMetricsTests {
    private static let labels = #"scenario="cascade",world="live""#

    private static func page(runs: Int = 1) -> [Substring] {
        let registry = PrometheusRegistry()
        let metrics = RunMetrics(registry)
        for _ in 0..<runs { metrics.add(ReportingTests.violated) }
        return registry.page().split(separator: "\n")
    }

    @Test(
        "What is in a run is on the page, and grows from run to run",
        arguments: [
            (#"coherence_runs_total{scenario="cascade",verdict="violation",world="live"}"#, 1),
            (#"coherence_operations_total{kind="read",outcome="ok",\#(labels)}"#, 1),
            (#"coherence_operations_total{kind="write",outcome="ok",\#(labels)}"#, 2),
            (#"coherence_reads_total{layer="L1",\#(labels)}"#, 1),
            (#"coherence_violations_total{check="linearizable",\#(labels)}"#, 1),
            (#"coherence_targets_missed_total{scenario="cascade",target="propagation p95",world="live"}"#, 1),
            (#"coherence_targets_missed_total{scenario="cascade",target="loads",world="live"}"#, 0),
            // 10 µs and 70 µs; the read 1 µs.
            (#"coherence_operation_seconds_count{kind="write",layer="",\#(labels)}"#, 2),
            (#"coherence_operation_seconds_bucket{kind="read",layer="L1",\#(labels),le="0.0001"}"#, 1),
            (#"coherence_propagation_seconds_bucket{\#(labels),le="0.0001"}"#, 2),
            // The read was 60 µs out of date.
            (#"coherence_staleness_seconds_bucket{\#(labels),le="0.0001"}"#, 1),
        ])
    func figures(series: String, value: Int) {
        #expect(Self.page().contains("\(series) \(value)"))
        #expect(Self.page(runs: 3).contains("\(series) \(3 * value)"))
    }

    @Test("Every metric is explained, and the dashboard asks for metrics that exist, and for all of them")
    func dashboard() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "Fixtures/Dashboards/grafana.json"), encoding: .utf8)
        _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
        let asked = Set(
            text.matches(of: /coherence_[a-z_]+/).map { match in
                match.output.hasSuffix("_bucket")
                    ? String(match.output.dropLast("_bucket".count)) : String(match.output)
            })
        let registry = PrometheusRegistry()
        BridgeMetrics(registry).update(BridgeMetricsTests.trial(received: 1))
        let exported = Set(
            (Self.page() + registry.page().split(separator: "\n")).compactMap { line in
                line.hasPrefix("# TYPE ") ? line.split(separator: " ").dropFirst(2).first.map(String.init) : nil
            })
        #expect(asked == exported)
        #expect(exported == Set((RunMetrics.help + BridgeMetrics.help).map(\.name)))
    }
}

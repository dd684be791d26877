import EventBridge
import Foundation
import Scenarios
import Testing

@testable import BridgeTrial
@testable import Reporting

@Suite("The report of an event bridge")
struct BridgeReportTests {
    /// Two instances; the second was given 9 of 10 events, after 1 to 9 ms.
    static let run: BridgeRun = {
        var report = InstanceReport()
        report.delivered = [0: 9]
        report.bridge.missed = 1
        report.bridge.gaps = 1
        report.errors = 2
        report.longestAbsence = 5_000_000
        report.latencies = (1...9).map { InstanceReport.LatencyCount(nanoseconds: $0 * 1_000_000, count: 1) }
        var publisher = InstanceReport()
        publisher.bridge.published = 10
        let bridge = BridgeDeclaration(
            instances: 2, publishers: [0], subscribers: [1], duration: .seconds(1), rate: 10, transport: .streams,
            fault: .restartSubscriber)
        let instances = [publisher, report].enumerated().map { number, report in
            InstanceResult(
                number: number, identifier: 7, published: number == 0 ? 10 : 0, report: report, isComplete: true,
                failure: nil, restarts: number)
        }
        let trial = TrialResult(plan: TrialPlan(bridge), isPrivateServer: true, instances: instances, notes: [])
        var scenario = BridgeScenario.measuring(bridge)
        scenario.name = "Bots"
        scenario.file = "bots.yaml"
        scenario.impact = Impact(protects: ["Acme"])
        return BridgeRun(scenario, trial, duration: 1.5)
    }()

    static var words: [[String]] {
        let text = TerminalReport(Report(version: "1", results: [], bridges: [run]), isColoured: false).text
        return text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    }

    @Test("The block says what became of each target and of each instance, and how to run it again")
    func block() {
        let lines = Self.words
        #expect(lines.first?.starts(with: ["violation", "Bots", "streams,", "2", "processes,"]) == true)
        #expect(lines.contains(["lost", "<=", "0", "1", "violation"]) == false)
        #expect(lines.contains(["lost", "<=", "0", "1", "missed"]))
        #expect(lines.contains(["delivery", ">=", "99", "%", "90", "%", "missed"]))
        #expect(lines.contains(["1", "10", "0", "0", "0", "0", "0", "0", "0", "0", "0"]))
        #expect(lines.contains(["2", "0", "9", "1", "1", "1", "0", "2", "0", "0", "0"]))
        #expect(lines.contains(["2", "1", "ms", "5", "ms", "5", "ms", "9", "ms", "9", "ms", "9", "ms"]), "\(lines)")
        #expect(lines.contains(["instance", "2", "was", "killed", "and", "started", "again"]))
        #expect(lines.contains(["reproduce:", "coherence", "run", "'bots.yaml'"]))
        #expect(lines.contains(["at", "risk:", "Acme"]))
    }

    @Test("The document has the figures in nanoseconds, and the plan")
    func document() throws {
        let report = Report(version: "1", results: [], bridges: [Self.run])
        #expect(report.exitCode == .violation)
        let text = try JSONReport(report).encoded()
        let scenario = try #require(JSONDecoder().decode(JSONReport.self, from: Data(text.utf8)).scenarios.first)
        #expect(scenario.verdict == "violation")
        #expect(scenario.replay == "coherence run 'bots.yaml'")
        let bridge = try #require(scenario.bridge)
        #expect(bridge.lost == 1)
        #expect(bridge.miscounted == 0)
        #expect(bridge.plan.publishing == [0])
        #expect(bridge.plan.subscribing == [1])
        #expect(bridge.plan.publishers == 1)
        #expect(bridge.plan.fault == "restart-subscriber")
        #expect(bridge.instances.map(\.restarts) == [0, 1])
        #expect(bridge.instances.map(\.received) == [0, 9])
        #expect(bridge.instances[1].disconnected == 5_000_000)
        #expect(bridge.instances[1].errors == 2)
        #expect(bridge.instances[0].latency?.min == nil)
        let mean = bridge.instances[1].latency?.mean ?? 0
        #expect(abs(mean - 5_000_000) < 10_000)
    }

    @Test("What is measured without a file has its findings beside the figures")
    func findings() throws {
        struct Document: Decodable {
            struct Finding: Decodable {
                var name: String
                var limit: String
                var level: String
            }
            var schema: Int
            var lost: Int
            var exitCode: Int32
            var findings: [Finding]
        }
        let text = try BridgeJSONReport(Self.run, version: "1").encoded()
        let document = try JSONDecoder().decode(Document.self, from: Data(text.utf8))
        #expect(document.schema == 1)
        #expect(document.lost == 1)
        #expect(document.exitCode == 1)
        let levels = Dictionary(uniqueKeysWithValues: document.findings.map { ($0.name, $0.level) })
        #expect(
            levels == [
                "delivery": "critical", "lost": "critical", "duplicates": "met", "self-received": "met",
                "miscounted": "met", "errors": "critical", "p99": "met",
            ])
        #expect(document.findings.first?.limit == ">= 99 %, warning unless >= 100 %")
    }
}

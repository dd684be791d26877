import CacheHierarchy
import Checking
import Foundation
import History
import Scenarios
import Testing

import struct History.Operation
import struct Judging.Measurement

@testable import Judging
@testable import Reporting

@Suite("Reports say what came out, and nothing else")
struct ReportingTests {
    /// A run whose read was stale and whose target was missed.
    static let violated: ScenarioResult = {
        let history = History(
            operations: [
                Operation(
                    id: 1, kind: .write, instance: 0, worker: 0, key: 0, version: 1, scope: .cluster, start: 0,
                    end: 10_000),
                Operation(
                    id: 2, kind: .write, instance: 0, worker: 0, key: 0, version: 2, scope: .cluster, start: 20_000,
                    end: 90_000),
                Operation(
                    id: 3, kind: .read, instance: 1, worker: 1, key: 0, version: 1, layer: .l1, start: 150_000,
                    end: 151_000),
            ], keys: ["permissions:7"])
        return ScenarioResult(
            name: "cascade", file: "Scenarios/cascade.yaml", world: .live, seed: 42, verdict: .violation, duration: 0.5,
            operations: OperationCounts(history), declarations: [.linearizable()],
            checks: [Linearizable().examine(history)],
            measurements: [
                Measurement(
                    metric: "propagation", unit: "ms", labels: [:], count: 3, min: 1, mean: 2, p50: 2, p95: 120,
                    p99: 130, max: 131)
            ],
            targets: [
                TargetOutcome(
                    title: "propagation p95", metric: "propagation", labels: [:], statistic: "p95", comparison: "<",
                    limit: 100,
                    limitText: "< 100 ms", measured: 120, unit: "ms", verdict: .missed, isWarning: false),
                TargetOutcome(
                    title: "loads", metric: "loads", labels: [:], statistic: "value", comparison: "<", limit: 5,
                    limitText: "< 5", measured: nil, unit: "", verdict: .unknown, isWarning: false),
            ],
            impact: Impact(protects: ["Acme"], revenue: Impact.Revenue(perMonth: 1200, currency: "EUR")), failure: nil,
            history: history, defects: ["stale-fill"], timeScale: 1)
    }()

    static func result(_ verdict: RunVerdict, impact: Impact? = nil, file: String = "f") -> ScenarioResult {
        var result = violated
        result.verdict = verdict
        result.impact = impact
        result.file = file
        return result
    }

    @Test(
        "The exit code is that of the heaviest verdict",
        arguments: [
            ([RunVerdict.pass, .pass], ExitCode.pass), ([.pass, .unknown], .unknown),
            ([.unknown, .missed], .targetMissed),
            ([.missed, .violation, .pass], .violation), ([.error, .violation], .internalError), ([], .unknown),
        ])
    func exitCodes(_ verdicts: [RunVerdict], _ code: ExitCode) {
        #expect(Report(version: "1", results: verdicts.map { Self.result($0) }).exitCode == code)
    }

    @Test("The JSON document has the promised fields, with the violation's operations in order")
    func json() throws {
        let text = try JSONReport(Report(version: "1.2.3", results: [Self.violated])).encoded()
        let document = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(document["schema"] as? Int == 1)
        #expect(document["version"] as? String == "1.2.3")
        #expect(document["verdict"] as? String == "violation")
        #expect(document["exitCode"] as? Int == 1)
        let scenario = try #require((document["scenarios"] as? [[String: Any]])?.first)
        for field in ["name", "file", "world", "seed", "verdict", "durationSeconds"] {
            #expect(scenario[field] != nil, "\(field)")
        }
        #expect((scenario["operations"] as? [String: Int])?["total"] == 3)
        let check = try #require((scenario["checks"] as? [[String: Any]])?.first)
        #expect(check["name"] as? String == "linearizable")
        #expect(check["examined"] as? Int == 1 || check["examined"] as? Int == 3)
        let violation = try #require((check["violations"] as? [[String: Any]])?.first)
        #expect((violation["rule"] as? String)?.isEmpty == false)
        let operations = try #require(violation["operations"] as? [[String: Any]])
        #expect(operations.map { $0["kind"] as? String } == ["write", "read"])
        #expect(operations.map { $0["key"] as? String } == ["permissions:7", "permissions:7"])
        #expect(operations[0]["start"] as? Int == 0)
        #expect(operations[1]["start"] as? Int == 130_000)
        let measurement = try #require((scenario["measurements"] as? [[String: Any]])?.first)
        for field in ["metric", "unit", "labels", "count", "min", "mean", "p50", "p95", "p99", "max"] {
            #expect(measurement[field] != nil, "\(field)")
        }
        let targets = try #require(scenario["targets"] as? [[String: Any]])
        #expect(targets.map { $0["verdict"] as? String } == ["missed", "unknown"])
        #expect(targets[0]["limit"] as? Double == 100)
        #expect(targets[0]["measured"] as? Double == 120)
        for field in ["metric", "statistic", "unit"] { #expect(targets[0][field] != nil, "\(field)") }
    }

    @Test("What the bus did is reported for each instance, to people and in JSON, if somebody asked")
    func bus() throws {
        var result = Self.violated
        var counts = BusCounts()
        (counts.published, counts.received, counts.ownFiltered, counts.duplicatesFiltered) = (1111, 12, 13, 14)
        (counts.lost, counts.gaps, counts.disconnections, counts.caughtUp, counts.distrusted) = (15, 16, 17, 18, 19)
        result.bus = [1: counts, 0: BusCounts()]
        let text = TerminalReport(Report(version: "1", results: [result]), isColoured: false).text
        let rows = text.split(separator: "\n").map { $0.split(separator: " ") }
        #expect(rows.contains(["instance", "1"] + Array(repeating: "0", count: 9)))
        #expect(rows.contains(["instance", "2", "1,111", "12", "13", "14", "15", "16", "17", "18", "19"]))
        let bus = try #require(JSONReport(Report(version: "1", results: [result])).scenarios.first?.bus)
        #expect(bus.map(\.instance) == [0, 1])
        #expect(bus[1].published == 1111 && bus[1].lost == 15 && bus[1].gaps == 16 && bus[1].caughtUp == 18)
        #expect(JSONReport(Report(version: "1", results: [Self.violated])).scenarios.first?.bus == nil)
    }

    @Test("People see the verdicts, the table, the story and the command that runs it again")
    func terminal() {
        let text = TerminalReport(Report(version: "1", results: [Self.violated]), isColoured: false).text
        for part in [
            "violation cascade", "linearizable violation", "propagation p95   < 100 ms   120 ms", "no sample",
            "permissions:7",
            "coherence run 'Scenarios/cascade.yaml' --seed 42 --defect stale-fill", "at risk: Acme; 1,200 EUR a month",
        ] {
            #expect(text.contains(part), "\(part) in\n\(text)")
        }
        #expect(!text.contains("\u{1B}"))
    }

    @Test("Where the time went is the sum of what clients waited for, and what the cache did meanwhile")
    func time() throws {
        let history = History(
            operations: [
                Operation(
                    kind: .write, instance: 0, worker: 0, key: 0, version: 1, start: 0, end: 600_000_000),
                Operation(
                    kind: .read, instance: 0, worker: 0, key: 0, version: 1, layer: .origin, start: 0, end: 300_000_000),
                Operation(kind: .load, instance: 0, key: 0, version: 1, start: 0, end: 250_000_000),
                Operation(kind: .fill, instance: 0, key: 0, version: 1, layer: .l3, start: 0, end: 5_000_000),
                Operation(
                    kind: .read, instance: 0, worker: 0, key: 0, version: 1, layer: .l1, start: 0, end: 100_000_000),
                Operation(kind: .read, instance: 0, worker: 0, key: 0, start: 0, end: Operation.never),
                // The origin's first contents, which nobody waited for.
                Operation(kind: .write, instance: -1, key: 0, version: 1, start: 0, end: 900_000_000),
            ], keys: ["a"])
        let shares = TimeShares(of: history)
        #expect(shares.seconds == 1)
        #expect(shares.operations.map(\.what) == ["writes", "reads from the origin", "reads from L1"])
        #expect(shares.operations.map(\.count) == [1, 1, 1])
        #expect(shares.inside.map(\.seconds) == [0.25, 0.005])
        var result = Self.violated
        result.history = history
        let report = Report(version: "1", results: [result])
        #expect(
            TerminalReport(report, isColoured: false).text.contains(
                "  time: 60 % writes (1), 30 % reads from the origin (1), 10 % reads from L1 (1); "
                    + "the cache: 25 % loading from the origin (1)\n"))
        let document = try JSONDecoder().decode(JSONReport.self, from: Data(JSONReport(report).encoded().utf8))
        let time = try #require(document.scenarios.first?.time)
        #expect(time.clientSeconds == 1)
        #expect(time.inside.map(\.what) == ["loading from the origin", "filling L3"])
    }

    @Test("A violation puts a scenario's customers at risk, once for all variants; what is slow or unknown does not")
    func impact() {
        let impact = Impact(protects: ["Acme"], revenue: Impact.Revenue(perMonth: 100, currency: "EUR"))
        let other = Impact(protects: ["Globex", "Acme"], revenue: Impact.Revenue(perMonth: 50, currency: "EUR"))
        let results = [
            Self.result(.violation, impact: impact, file: "a"), Self.result(.violation, impact: impact, file: "a"),
            Self.result(.violation, impact: other, file: "b"), Self.result(.pass, impact: impact, file: "c"),
            Self.result(.missed, impact: impact, file: "d"), Self.result(.unknown, impact: impact, file: "e"),
        ]
        #expect(ImpactSummary(Report(version: "1", results: results)).text == "Acme, Globex; 150 EUR a month")
        #expect(ImpactSummary(Report(version: "1", results: Array(results[3...]))).text == nil)
    }
}

import CacheHierarchy
import Checking
import Foundation
import History
import Scenarios
import Testing

@testable import Exploration
@testable import Judging
@testable import Reporting
@testable import ScenarioRunner

/// Every report as a whole. What a run measures of this machine is given to the reports by the tests.
@Suite("Reports are what the files of them say")
struct GoldenReportTests {
    private static let scenario = """
        scenario: Small
        cluster: { instances: 2, workers: 1, invalidation: announced, layers: [L1, L2, redis] }
        data:
          things: { keys: 1, value: 20 B }
        phases:
          - mix: { name: work, data: things, operations: 4 per worker, read: 50 %, write: 50 % }
          - inspect: everything
        checks: [sessions, convergence, fresh-after-invalidation]
        targets:
          - { metric: read.latency, statistic: p99, limit: "< 10 ms" }
        """

    private static func variant() throws -> ScenarioVariant {
        let file = FileManager.default.temporaryDirectory.appending(path: "golden-\(UUID().uuidString).yaml").path
        try scenario.write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        var loaded = try ScenarioLoader().load(file)
        loaded.file = "small.yaml"
        return try #require(loaded.variants().first)
    }

    private static func expect(_ report: Report, is name: String) throws {
        try Golden.expect(TerminalReport(report, isColoured: false).text, is: "\(name).txt")
        try Golden.expect(JSONReport(report).encoded(), is: "\(name).json")
        try expectFiles(.run(report), are: name)
    }

    /// The forms for other programs.
    private static func expectFiles(_ content: ReportContent, are name: String) throws {
        try Golden.expect(ReportFormat.junit.text(content), is: "\(name).junit.xml")
        try Golden.expect(ReportFormat.markdown.text(content), is: "\(name).md")
        try Golden.expect(ReportFormat.github.text(content), is: "\(name).github.txt")
    }

    @Test("Of a run with a stale read, a missed target and one without a sample")
    func run() throws {
        var report = Report(version: "1.2.3", results: [ReportingTests.violated])
        report.notRun = [
            NotRun(
                name: "rest", file: "rest.yaml", world: .live, seed: 42, reason: "it was interrupted",
                isInterrupted: true)
        ]
        try Self.expect(report, is: "run")
    }

    @Test("Of an event bridge")
    func bridge() throws {
        try Self.expect(Report(version: "1.2.3", results: [], bridges: [BridgeReportTests.run]), is: "bridge")
    }

    @Test("Of a simulated run, whose seed decides all of it")
    func simulated() throws {
        var result = SimulatedRun(scenario: try Self.variant().scenario, defects: [.staleFill]).result(seed: 7)
        result.duration = 0.5
        try Self.expect(Report(version: "1.2.3", results: [result]), is: "simulated")
    }

    @Test("Of an exploration that finds something, and of the replay of it")
    func exploration() throws {
        var configuration = ScenarioExplorer.Configuration(threads: 1)
        configuration.schedules = 200
        configuration.defects = [.staleFill]
        let found = try ScenarioExplorer(configuration).explore(try Self.variant())
        let exploration = ScenarioExploration(
            variant: found.variant, defects: found.defects, progress: found.progress, duration: 2,
            failures: found.failures,
            digest: found.digest, examined: found.examined, searchDuration: 0.5)
        var report = ExplorationReport(version: "1.2.3", seed: 1, explorations: [exploration])
        report.defects = found.defects
        let terminal = ExplorationTerminalReport(isColoured: false)
        try Golden.expect(
            terminal.block(exploration, of: report, files: ["failure.json"]) + "\n" + terminal.summary(report),
            is: "explore.txt")
        try Golden.expect(ExplorationJSONReport(report).encoded(), is: "explore.json")
        try Self.expectFiles(.exploration(report), are: "explore")
        let failure = try #require(found.failures.first)
        let replay = try ScenarioReplay(
            found.variant.scenario, part: "\(failure.part)", operations: failure.plan, schedule: "\(failure.schedule)",
            defects: found.defects)
        let replayed = ReplayReport(
            try replay.run(), of: replay.scenario, defects: replay.defects.map(\.rawValue), version: "1.2.3")
        try Golden.expect(replayed.text(isColoured: false), is: "replay.txt")
        try Golden.expect(replayed.encoded(), is: "replay.json")
    }

    @Test("Of recorded histories: one that is coherent, one that is not, and one that cannot be read")
    func histories() throws {
        let files = ["coherent.jsonl", "stale-read.jsonl", "nowhere.jsonl"]
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/Histories")
        var report = HistoryReport(version: "1.2.3", results: [])
        for file in files {
            var result = HistoryJudge().judge(folder.appending(path: file).path)
            result.file = file
            result.duration = 0.25
            if result.failure != nil { result.failure = .unusable("\(file): it is not there") }
            report.results.append(result)
        }
        let terminal = HistoryTerminalReport(isColoured: false)
        let text = report.results.map(terminal.block) + [terminal.summary(report)]
        try Golden.expect(text.joined(separator: "\n"), is: "check.txt")
        try Golden.expect(HistoryJSONReport(report).encoded(), is: "check.json")
        try Self.expectFiles(.histories(report), are: "check")
    }

    @Test("A difference names the lines of both")
    func difference() {
        #expect(Golden.difference(from: "a\nb\nc", to: "a\nx\nc\nd") == "+ 2: x\n- 2: b\n+ 4: d")
        #expect(Golden.difference(from: "a\nb", to: "a\nb") == "")
    }
}

import CacheHierarchy
import Checking
import Foundation
import History
import Scenarios
import Testing

import struct History.Operation

@testable import Judging
@testable import Reporting

@Suite("The end of a run is its summary")
struct RunSummaryTests {
    private static func target(_ metric: String, _ verdict: RunVerdict) -> TargetOutcome {
        TargetOutcome(
            title: metric, metric: metric, labels: [:], statistic: "value", comparison: "<", limit: 1,
            limitText: "< 1", measured: verdict == .unknown ? nil : 2, unit: "", verdict: verdict, isWarning: false)
    }

    private static func result(
        _ verdict: RunVerdict, _ name: String, variant: String = "", targets: [TargetOutcome] = []
    ) -> ScenarioResult {
        var result = ReportingTests.result(
            verdict, impact: Impact(protects: [name], revenue: nil), file: "\(name).yaml")
        result.name = variant.isEmpty ? name : "\(name) [\(variant)]"
        result.variant = variant
        result.targets = targets
        result.defects = []
        if verdict != .violation { result.checks = [] }
        return result
    }

    @Test("It lists what did not pass, with reasons and lines to run, what was not run, and counts; speed apart")
    func summary() {
        var report = Report(
            version: "1",
            results: [
                Self.result(.pass, "fine"),
                Self.result(.violation, "stale", variant: "layers=L1+L2", targets: [Self.target("loads", .missed)]),
                Self.result(.missed, "slow", targets: [Self.target("throughput", .missed)]),
                Self.result(.unknown, "silent", targets: [Self.target("recovery", .unknown)]),
            ])
        report.redis = "redis://:***@host:1"
        report.notRun = [
            NotRun(
                name: "rest", file: "rest.yaml", world: .live, seed: 42, reason: "it was interrupted",
                isInterrupted: true)
        ]
        report.signal = 2
        #expect(report.verdict == .violation)
        #expect(report.exitCode == .interrupted)
        let text = TerminalReport(report, isColoured: false).summary
        #expect(
            text == """
                violation stale [layers=L1+L2]  linearizable: A read returns no less than the newest version whose write had finished when it began.
                  reproduce: coherence run 'stale.yaml' --variant 'layers=L1+L2' --seed 42 --redis 'redis://:***@host:1'
                missed slow  throughput: 2, limit < 1
                  reproduce: coherence run 'slow.yaml' --seed 42 --redis 'redis://:***@host:1'
                unknown silent  recovery: no sample, limit < 1
                  reproduce: coherence run 'silent.yaml' --seed 42 --redis 'redis://:***@host:1'
                not run, it was interrupted: rest
                4 of 5 runs: 1 pass, 1 unknown, 1 missed, 1 violation; 12 operations in 2 s, seed 42; interrupted
                1 target missed on any machine: loads
                1 target missed: speed on this machine
                at risk: stale
                """, "\(text)")
    }

    @Test("An interrupted run is at best unknown, whatever it finished")
    func interrupted() {
        var report = Report(version: "1", results: [Self.result(.pass, "fine")])
        #expect(report.verdict == .pass)
        report.notRun = [
            NotRun(name: "a", file: "a", world: .live, seed: 1, reason: "it is run only when named")
        ]
        #expect(report.verdict == .pass)
        report.notRun[0].isInterrupted = true
        #expect(report.verdict == .unknown)
        #expect(JSONReport(report).interrupted)
        #expect(JSONReport(report).notRun.map(\.name) == ["a"])
    }

    @Test(
        "A word of a line to run is read back by a shell to the same text",
        arguments: [
            ("a b.yaml", "'a b.yaml'"), ("it's", #"'it'\''s'"#), ("a\nb\u{1B}'\\", #"$'a\x0ab\x1b\'\\'"#),
            ("\u{202E}", #"$'\xe2\x80\xae'"#),
        ])
    func words(_ text: String, _ word: String) throws {
        #expect(ShellWord.quoted(text) == word)
        let shell = Process()
        let output = Pipe()
        shell.executableURL = URL(filePath: "/bin/bash")
        shell.arguments = ["-c", "printf %s \(word)"]
        shell.standardOutput = output
        try shell.run()
        #expect(try output.fileHandleForReading.readToEnd() == Data(text.utf8))
    }

    @Test("Times in the whole range of 64 bits are reported, and the absolute ones exactly")
    func extremeTimes() throws {
        let history = History(
            operations: [
                Operation(
                    id: 1, kind: .write, instance: 0, worker: 0, key: 0, version: 2, scope: .cluster, start: .min,
                    end: .min + 1),
                Operation(
                    id: 2, kind: .read, instance: 1, worker: 1, key: 0, version: 1, layer: .l1, start: .max - 2,
                    end: .max - 1),
            ], keys: ["k"])
        let violation = Violation(rule: "r", operations: history.operations, explanation: "e")
        let check = JSONReport.Check(
            CheckReport(check: "c", examined: 2, violations: [violation]), keys: history.keys,
            tagSets: history.tagSets)
        let operations = try #require(check.violations.first?.operations)
        #expect(operations.map(\.start) == [0, .max])
        #expect(operations.map(\.end) == [1, .max])
        #expect(operations.map(\.absoluteStart) == [.min, .max - 2])
        #expect(operations.map(\.absoluteEnd) == [.min + 1, .max - 1])
        #expect(operations.map(\.scope) == ["cluster", "none"])
    }
}

import Foundation
import History
import Judging
import Scenarios
import Testing

@testable import Reporting

@Suite("A run tells a line of what passed and details of what did not")
struct UsualReportTests {
    private static func result(_ name: String, _ verdict: RunVerdict, variant: String = "") -> ScenarioResult {
        var result = ReportingTests.result(verdict, file: "\(name).yaml")
        result.name = variant.isEmpty ? name : "\(name) [\(variant)]"
        result.variant = variant
        result.defects = []
        result.targets = result.targets.map { target in
            var target = target
            if verdict == .pass { target.verdict = .pass }
            return target
        }
        if verdict != .violation { result.checks = [] }
        return result
    }

    private static func terminal(_ report: Report, width: Int? = nil) -> TerminalReport {
        TerminalReport(report, isColoured: false, width: width, detail: .usual)
    }

    private static let empty = Report(version: "1", results: [])

    @Test("What passed is one line a scenario and a world: title, world, variants, operations, seconds")
    func lines() {
        let results = [
            Self.result("Cascade", .pass, variant: "keys=1"), Self.result("Cascade", .pass, variant: "keys=2"),
        ]
        #expect(
            Self.terminal(Self.empty).lines("Cascade", results) == [
                "pass Cascade  live, 2 variants, 6 operations, 1 s"
            ])
        var simulated = results[0]
        simulated.world = .simulated
        #expect(
            Self.terminal(Self.empty).lines("Cascade", results + [simulated], isSeedTold: true) == [
                "pass Cascade  live, 2 variants, seed 42, 6 operations, 1 s",
                "pass Cascade  simulated, seed 42, 3 operations, 0.5 s",
            ])
        #expect(Self.terminal(Self.empty).lines("Cascade", [Self.result("Cascade", .missed)]) == [])
        let some = [results[0], Self.result("Cascade", .violation, variant: "keys=2")]
        #expect(
            Self.terminal(Self.empty).lines("Cascade", some) == [
                "pass Cascade  live, 1 of 2 variants, 3 operations, 0.5 s"
            ])
    }

    @Test("A defect, operations that failed and a warning level are never left out of a line that has room")
    func facts() {
        var result = Self.result("Cascade", .pass)
        result.defects = ["stale-fill"]
        result.operations.failed = 2
        result.targets[0].isWarning = true
        #expect(
            Self.terminal(Self.empty).lines("Cascade", [result]) == [
                "pass Cascade  live, defect stale-fill, 3 operations, 2 of them failed, 0.5 s, "
                    + "1 target at warning level"
            ])
    }

    @Test(
        "A line fits its terminal: facts go first, then the end of the title",
        arguments: [
            (60, "pass A scenario with a rather long title  live, 0.5 s"),
            (40, "pass A scenario with a rather lo…  0.5 s"),
        ])
    func fitting(_ width: Int, _ expected: String) {
        let title = "A scenario with a rather long title"
        let lines = Self.terminal(Self.empty, width: width).lines(title, [Self.result(title, .pass)])
        #expect(lines == [expected])
    }

    @Test("What failed is told with its proof, and of what was missed only what was missed")
    func blocks() {
        let violation = Self.terminal(Self.empty).block(ReportingTests.violated)
        for part in ["time: ", "propagation p95", "1. +0 ns", "reproduce: "] {
            #expect(violation.contains(part), "\(violation)")
        }
        var missed = Self.result("Slow", .missed)
        missed.targets[1].verdict = .pass
        #expect(
            Self.terminal(Self.empty).block(missed) == """
                missed Slow  live, seed 42, 3 operations, 0.5 s
                  target            limit      measured   verdict
                  propagation p95   < 100 ms   120 ms     missed
                  and 1 target met
                  reproduce: coherence run 'Slow.yaml' --seed 42

                """)
    }

    @Test("In 60 columns a table is told row by row, and no line but a call is wider")
    func narrow() {
        let text = WrappedLines.of(Self.terminal(Self.empty, width: 60).block(ReportingTests.violated), width: 60)
        #expect(!text.isEmpty)
        for line in text.split(separator: "\n") where !line.contains("reproduce: ") {
            #expect(line.count <= 60, "\(line)")
        }
        let narrower = Self.terminal(Self.empty, width: 40).block(Self.result("Slow", .missed))
        #expect(narrower.contains("  propagation p95: limit < 100 ms, measured 120 ms, verdict missed"), "\(narrower)")
    }

    @Test("The summary is one screen: of many that did not pass the heaviest are told, and how many there are")
    func summary() {
        var report = Self.empty
        report.results = (1...30).map { Self.result("s\($0)", .missed) } + [Self.result("v", .violation)]
        report.notRun = (1...30).map {
            NotRun(name: "n\($0)", file: "n", world: .live, seed: 1, reason: "it is run only when named")
        }
        let lines = Self.terminal(report).summary.split(separator: "\n").map(String.init)
        #expect(lines.count <= 20, "\(lines)")
        #expect(lines[0].hasPrefix("violation v  "))
        #expect(lines.contains("and 25 missed, which are told above"))
        #expect(lines.contains("not run, it is run only when named: n1, n2, n3, n4 and 26 more"))
        #expect(lines.contains("31 targets missed: speed on this machine"))
        let whole = TerminalReport(report, isColoured: false).summary
        #expect(whole.contains("n30"))
        #expect(whole.contains("missed s30"))
    }

    @Test("A simulated run names what only the live world judges")
    func liveWorld() {
        var result = Self.result("Cascade", .pass)
        result.world = .simulated
        let target = Target(
            metric: "propagation", statistic: .p95, bound: Target.Bound(.less, .absolute(Quantity(1e8, .nanoseconds))),
            position: SourcePosition(file: "f", line: 1, column: 1))
        result.notJudged = [NotJudged(target, reason: NotJudgedTests.reason)]
        var report = Self.empty
        report.results = [result]
        #expect(
            Self.terminal(report).summary.contains(
                "not judged in virtual time, for --world live: propagation p95"), "\(Self.terminal(report).summary)")
    }
}

/// What runs say of targets that mean nothing in virtual time.
private enum NotJudgedTests {
    static let reason = "not judged in this world: virtual time says nothing about speed"
}

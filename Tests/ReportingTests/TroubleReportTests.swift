import Foundation
import Testing

@testable import Judging
@testable import Reporting

@Suite("Operations that failed, in reports")
struct TroubleReportTests {
    private static var troubles: TroubleRecord {
        var troubles = TroubleRecord()
        troubles.reasons = [
            TroubleRecord.Reason(
                operation: "write", isUnknown: true, text: "ConnectionError: refused", count: 150,
                instances: [0: 100, 1: 50]),
            TroubleRecord.Reason(operation: "read", isUnknown: false, text: "TypeError", count: 1, instances: [2: 1]),
        ]
        troubles.logs = [TroubleRecord.LogLine(instance: 1, level: "warn", text: "slow\u{1B}[2J")]
        troubles.moreLogs = 3
        troubles.misses = 1_200
        troubles.untold = 7
        return troubles
    }

    private static func report(_ troubles: TroubleRecord) -> Report {
        var result = ReportingTests.violated
        result.troubles = troubles
        return Report(version: "1", results: [result])
    }

    @Test("People are told the reasons with how many operations of which instances, and the first lines of logs")
    func terminal() {
        let text = TerminalReport(Self.report(Self.troubles), isColoured: false).text
        for line in [
            "of unknown outcome: 150 writes of instances 1, 2: ConnectionError: refused",
            "failed: 1 read of instance 3: TypeError",
            "without a reason: 7 operations did not succeed, in instances that do not say why",
            "not judged: 1,200 misses: the cache had nothing and asked nobody",
            "log of instance 2: warn: slow\\u{1B}[2J",
            "and 3 more lines of logs",
        ] {
            #expect(text.contains("\n  \(line)\n"), "\(line) in\n\(text)")
        }
    }

    @Test("That the pipe was the limit and not the cache is told where it was", arguments: [0.72, 0.5, nil])
    func pipe(share: Double?) throws {
        var result = ReportingTests.violated
        var subject = SubjectRecord(
            name: "mine", version: "", operations: ["read"], layers: [], promise: nil, grace: nil)
        subject.shareOnTheWay = share
        result.subject = subject
        let report = Report(version: "1", results: [result])
        let text = TerminalReport(report, isColoured: false).text
        #expect(text.contains("the pipe is the limit, not the cache: 72 % of the time") == (share == 0.72), "\(text)")
        let document = try #require(JSONReport(report).scenarios[0].subject)
        #expect(document.shareOnTheWay == share)
    }

    @Test("People are told five reasons and how much is left; a document has all that were kept")
    func many() throws {
        var troubles = TroubleRecord()
        troubles.reasons = (0..<8).map {
            TroubleRecord.Reason(
                operation: "delete", isUnknown: false, text: "reason \($0)", count: 10 - $0, instances: [0: 10 - $0])
        }
        troubles.others = 4
        let report = Self.report(troubles)
        let text = TerminalReport(report, isColoured: false).text
        #expect(text.contains("failed: 6 deletions of instance 1: reason 4"))
        #expect(!text.contains("reason 5"))
        #expect(text.contains("and 16 more operations that did not succeed, for other reasons"))
        let failures = try #require(JSONReport(report).scenarios[0].failures)
        #expect(failures.reasons.count == 8)
        #expect(failures.others == 4)
    }

    @Test("The document has reasons and logs, and neither where there is nothing to tell")
    func document() throws {
        let scenario = JSONReport(Self.report(Self.troubles)).scenarios[0]
        let reason = try #require(scenario.failures?.reasons.first)
        #expect(reason.outcome == "unknown")
        #expect(reason.operation == "write")
        #expect(reason.instances.map(\.count) == [100, 50])
        #expect(scenario.logs?.lines.first?.level == "warn")
        #expect(scenario.logs?.more == 3)
        #expect(scenario.misses == 1_200)
        #expect(scenario.failures?.untold == 7)
        let empty = JSONReport(Self.report(TroubleRecord())).scenarios[0]
        #expect(empty.failures == nil)
        #expect(empty.logs == nil)
        #expect(empty.misses == nil)
    }

    @Test("What was left out is not run, with its reason; if nothing else ran the exit code is that of unknown")
    func skipped() {
        var left = ReportingTests.result(.unknown, file: "left.yaml")
        left.skipReason = "the subject c offers no delete, which the scenario requires"
        var report = Report(version: "1", results: [])
        report.add([left])
        #expect(report.exitCode == .unknown)
        #expect(report.notRun.map(\.reason) == [left.skipReason])
        let text = TerminalReport(report, isColoured: false).summary
        #expect(text.contains("not run, the subject c offers no delete, which the scenario requires: "), "\(text)")
        #expect(JSONReport(report).notRun.first?.reason == left.skipReason)
        report.add([ReportingTests.result(.pass)])
        #expect(report.exitCode == .pass)
    }
}

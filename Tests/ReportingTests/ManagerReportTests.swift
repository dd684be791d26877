import Foundation
import Reporting
import Testing

@testable import Judging

@Suite("Managers in reports")
struct ManagerReportTests {
    /// As runs of two processes leave it, one of which was killed.
    private static func record(_ transitions: Int = 3) -> ManagerRecord {
        let states: [(String, String)] = [("closed", "open"), ("open", "half-open"), ("half-open", "closed")]
        var process = ManagerRecord.Process(process: 7, tasks: 1_000, managers: 1)
        for index in 0..<transitions {
            let (from, to) = states[index % 3]
            let text = #"{"from":"\#(from)","to":"\#(to)","time":\#(300_000_000 + index * 20_000_000)}"#
            process.transitions.append(
                try! JSONDecoder().decode(ManagerRecord.Transition.self, from: Data(text.utf8)))
        }
        let calls = #"{"answered":1234,"refused":56,"failed":{"connectFailed":3},"unknown":{"commandTimedOut":2}}"#
        process.calls = try! JSONDecoder().decode(ManagerRecord.Calls.self, from: Data(calls.utf8))
        var record = ManagerRecord(
            limit: 20, processes: [ManagerRecord.Process(process: 8, tasks: 1_000, managers: 1), process])
        record.lists = 40
        record.listsMissed = 2
        record.mostConnections = 3
        return record
    }

    private static func report(_ record: ManagerRecord?) -> Report {
        var result = ReportingTests.violated
        result.managers = record
        return Report(version: "1", results: [result])
    }

    @Test("People are told how many there were, how calls ended and why, and what each breaker did when")
    func terminal() {
        let text = TerminalReport(Self.report(Self.record()), isColoured: false).text
        for line in [
            "managers: 2 in 2 processes, for 1,000 tasks each that asked at once; at most 3 of 20 connections in a pool, "
                + "by 40 lists of the server's, 2 more asked for in vain",
            "calls: 1,234 answered, 56 refused at once by the breaker, 3 failed (connectFailed 3), "
                + "2 of unknown outcome (commandTimedOut 2); 1 process was killed before telling theirs",
            "breaker of process 7: closed, then open at 300 ms, half-open at 320 ms, closed at 340 ms",
        ] {
            #expect(text.contains("\n  \(line)\n"), "\(line) in\n\(text)")
        }
        #expect(
            TerminalReport(Self.report(Self.record(30)), isColoured: false).text.contains(
                "closed at 460 ms, and 21 more changes, the last to closed\n"))
        #expect(!TerminalReport(Self.report(nil), isColoured: false).text.contains("managers"))
    }

    @Test("The JSON document has all of it, and no field where there is no manager")
    func json() throws {
        func scenario(_ record: ManagerRecord?) throws -> [String: Any] {
            let text = try JSONReport(Self.report(record)).encoded()
            let document = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            return try #require((document["scenarios"] as? [[String: Any]])?.first)
        }
        #expect(try scenario(nil)["managers"] == nil)
        let managers = try #require(try scenario(Self.record(30))["managers"] as? [String: Any])
        for (field, value) in ["limit": 20, "mostConnections": 3, "lists": 40, "listsMissed": 2] {
            #expect(managers[field] as? Int == value, "\(field)")
        }
        let processes = try #require(managers["processes"] as? [[String: Any]])
        #expect(processes.map { $0["process"] as? Int } == [7, 8])
        #expect(processes.allSatisfy { $0["tasks"] as? Int == 1_000 && $0["managers"] as? Int == 1 })
        let transitions = try #require(processes[0]["transitions"] as? [[String: Any]])
        #expect(transitions.count == 30)
        #expect(transitions[1]["from"] as? String == "open" && transitions[1]["to"] as? String == "half-open")
        #expect(transitions[1]["seconds"] as? Double == 0.32)
        let calls = try #require(processes[0]["calls"] as? [String: Any])
        #expect(calls["refused"] as? Int == 56 && (calls["unknown"] as? [String: Int]) == ["commandTimedOut": 2])
        #expect(processes[1]["calls"] == nil)
    }
}

import Foundation
import History
import Testing

import struct History.Operation

@testable import ScenarioRunner

/// What is left of a process that was killed, taken over by the run.
@Suite("Reading journals")
struct JournalReadingTests {
    private func take(
        _ write: (Recorder, Journal) throws -> Void, thenAppend rest: String = ""
    ) throws -> (history: History, open: [String], ledger: InvalidationLedger) {
        let path = FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID().uuidString).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        do {
            let recorder = Recorder()
            try write(recorder, try Journal(path: path, of: recorder) { Issue.record("\($0)") })
        }
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Data(rest.utf8))
        try file.close()
        // The run knows other keys, by other numbers.
        let recorder = Recorder(keys: ["z", "y"])
        let ledger = InvalidationLedger()
        let open = try JournalReading(path: path).take(into: recorder, ledger)
        return (recorder.history(), open, ledger)
    }

    private func begin(_ kind: Operation.Kind, _ key: String, at time: Int64, _ log: WorkerLog, _ journal: Journal) {
        journal.begin(Operation(kind: kind, key: log.number(ofKey: key), start: time, end: time), in: log)
    }

    @Test("Of each worker only the last operation that was begun and not finished is open")
    func open() throws {
        let (history, open, _) = try take { recorder, journal in
            let (first, second) = (
                recorder.makeLog(instance: 3, worker: 6), recorder.makeLog(instance: 3, worker: 7)
            )
            for (time, key) in [(10, "a"), (20, "b")] as [(Int64, String)] {
                begin(.write, key, at: time, first, journal)
                first.record(
                    Operation(kind: .write, key: first.number(ofKey: key), version: 1, start: time + 1, end: time + 2))
                journal.write(first)
            }
            begin(.delete, "a", at: 30, first, journal)
            begin(.read, "b", at: 31, second, journal)
            // What happens inside an operation does not end it.
            first.record(Operation(kind: .load, key: first.number(ofKey: "a"), start: 32, end: 33))
            journal.write(first)
        }
        #expect(open == ["delete of a by worker 6", "read of b by worker 7"])
        #expect(history.operations.map(\.kind) == [.write, .write, .delete, .read, .load])
        #expect(history.operations.map { history.keyName(of: $0) } == ["a", "b", "a", "b", "a"])
        #expect(history.operations.map(\.outcome) == [.ok, .ok, .unknown, .unknown, .ok])
        #expect(Set(history.operations.map(\.id)).count == 5)
        #expect(history.operations.allSatisfy { $0.instance == 3 })
    }

    @Test("The logical time of an invalidation becomes known to the ledger, and stays the cause of its applications")
    func causes() throws {
        let (history, _, ledger) = try take { recorder, journal in
            let log = recorder.makeLog(instance: 0, worker: 0)
            let own = recorder.makeLog(instance: 0)
            let key = log.number(ofKey: "a")
            log.record(Operation(kind: .write, key: key, version: 2, start: 1, end: 4, cause: 77))
            own.record(Operation(kind: .apply, key: key, start: 2, end: 3, cause: 77))
            journal.write(log)
            journal.write(own)
        }
        let (write, apply) = (history.operations[0], history.operations[1])
        #expect(write.cause == 0 && apply.cause == 77)
        #expect(ledger.operation(at: 77) == write.id)
    }

    @Test(
        "A last line that is not whole is left out",
        arguments: [#"{"kind":"read","ke"#, #"{"kind":"read","key":"a","start":9,"end":9}"#])
    func incomplete(line: String) throws {
        let (history, open, _) = try take(
            { recorder, journal in
                let log = recorder.makeLog(instance: 0, worker: 0)
                log.record(Operation(kind: .read, key: log.number(ofKey: "a"), start: 1, end: 2))
                journal.write(log)
            }, thenAppend: line)
        #expect(history.operations.count == 1 && open.isEmpty)
    }

    @Test("A line that is whole and wrong is an error")
    func wrong() {
        #expect(throws: HistoryFileErrors.self) {
            try take({ _, _ in }, thenAppend: "{\"kind\":\"raed\"}\n")
        }
    }

    @Test("A process that has not even opened its journal recorded nothing")
    func missing() throws {
        let recorder = Recorder()
        #expect(try JournalReading(path: "/nowhere").take(into: recorder, InvalidationLedger()).isEmpty)
        #expect(recorder.history().operations.isEmpty)
    }
}

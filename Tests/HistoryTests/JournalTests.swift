import Foundation
import Testing

@testable import History

@Suite("Journals")
struct JournalTests {
    private func withJournal(_ body: (Recorder, Journal) throws -> Void) throws -> History {
        let path = FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID().uuidString).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let recorder = Recorder(keys: ["a"])
        try body(recorder, try Journal(path: path, of: recorder) { Issue.record("\($0)") })
        return try History(contentsOf: path)
    }

    @Test("What was recorded is in the file at once, each operation once, with names that came up later")
    func recorded() throws {
        let history = try withJournal { recorder, journal in
            let log = recorder.makeLog(instance: 2, worker: 7)
            log.record(Operation(kind: .read, key: log.number(ofKey: "a"), version: 1, start: 1, end: 2))
            journal.write(log)
            let tags = log.number(ofTags: ["x", "y"])
            log.record(
                Operation(kind: .write, key: log.number(ofKey: "b"), tagSet: tags, version: 2, start: 3, end: 4))
            journal.write(log)
            journal.write(log)
        }
        #expect(history.operations.map(\.kind) == [.read, .write])
        #expect(history.operations.map { history.keyName(of: $0) } == ["a", "b"])
        #expect(history.tags(of: history.operations[1]) == ["x", "y"])
        #expect(history.operations.allSatisfy { $0.instance == 2 && $0.worker == 7 && $0.outcome == .ok })
    }

    @Test("What has only begun has no end and an unknown outcome")
    func begun() throws {
        let history = try withJournal { recorder, journal in
            let log = recorder.makeLog(instance: 0, worker: 1)
            journal.begin(Operation(kind: .delete, key: log.number(ofKey: "a"), start: 5, end: 5), in: log)
        }
        let operation = try #require(history.operations.first)
        #expect(history.operations.count == 1)
        #expect(operation.kind == .delete && operation.worker == 1 && operation.start == 5)
        #expect(operation.outcome == .unknown && operation.end == Operation.never)
    }

    @Test("Threads that write at once write whole lines, and all of them")
    func concurrent() async throws {
        let history = try withJournal { recorder, journal in
            DispatchQueue.concurrentPerform(iterations: 8) { worker in
                let log = recorder.makeLog(instance: 0, worker: Int32(worker))
                for time in 0..<200 as Range<Int64> {
                    let key = log.number(ofKey: "\(worker)-\(time)")
                    log.record(Operation(kind: .read, key: key, start: time, end: time))
                    journal.write(log)
                }
            }
        }
        #expect(history.operations.count == 1600)
        #expect(Set(history.operations.map { history.keyName(of: $0) }).count == 1600)
    }

    @Test("A file that cannot be made is an error")
    func noFile() {
        let error = #expect(throws: HistoryFileError.self) {
            try Journal(path: "/nowhere/journal.jsonl", of: Recorder()) { _ in }
        }
        #expect(error?.file == "/nowhere/journal.jsonl")
        #expect(error?.expected == "a file that can be written")
    }
}

import Foundation
import History
import Testing

import struct History.Operation

@Suite("Writing histories")
struct HistoryWriterTests {
    @Test("What is written is read back to the same history, and written again to the same bytes", arguments: 0..<40)
    func roundTrip(seed: Int) throws {
        var random = RandomHistory(seed: UInt64(seed))
        let history = random.history(count: 200)
        let bytes = try written(.jsonLines) { writer throws(HistoryFileError) in try writer.write(history) }
        let reading = Reading(bytes: bytes)
        try #require(reading.errors == [])
        let again = History(operations: reading.operations, keys: reading.keys, tagSets: reading.tagSets)
        #expect(again == history)
        // Strings are equal if they look the same; here each byte counts.
        #expect(again.keys.map { Array($0.utf8) } == history.keys.map { Array($0.utf8) })
        #expect(again.tagSets.map { $0.map { Array($0.utf8) } } == history.tagSets.map { $0.map { Array($0.utf8) } })
        #expect(try written(.jsonLines) { writer throws(HistoryFileError) in try writer.write(again) } == bytes)
    }

    @Test("What a recorder recorded is read back to the same history")
    func recorded() throws {
        let recorder = Recorder(keys: ["unused", "x"])
        for instance in 0..<3 {
            let log = recorder.makeLog(instance: Int32(instance), worker: Int32(instance) - 1)
            for index in 0..<50 {
                let key = log.number(ofKey: "key \(index % 3)")
                let tags = log.number(ofTags: index % 2 == 0 ? ["b", "a"] : [])
                let start = MonotonicClock.now()
                log.record(
                    Operation(
                        kind: .load, key: key, tagSet: tags, version: Int64(index), start: start,
                        end: MonotonicClock.now()))
            }
        }
        let history = recorder.history()
        let bytes = try written(.jsonLines) { writer throws(HistoryFileError) in try writer.write(history) }
        let reading = Reading(bytes: bytes)
        #expect(History(operations: reading.operations, keys: reading.keys, tagSets: reading.tagSets) == history)
    }

    @Test("Register text is read back to the same operations", arguments: 0..<40)
    func registerRoundTrip(seed: Int) throws {
        var random = RandomHistory(seed: UInt64(seed))
        let history = random.registers(count: 200)
        let bytes = try written(.registerText) { writer throws(HistoryFileError) in try writer.write(history) }
        let reading = Reading(bytes: bytes)
        try #require(reading.errors == [])
        var renumbered = reading.operations
        for index in renumbered.indices {
            renumbered[index].key = Int32(history.keys.firstIndex(of: reading.keys[Int(renumbered[index].key)])!)
        }
        #expect(renumbered == history.operations)
    }

    @Test("Lines are as short as they can be")
    func canonical() throws {
        let bytes = try written(.jsonLines) { writer throws(HistoryFileError) in
            try writer.add(key: "a\"b\n\u{1}é")
            try writer.add(tagSet: ["t", "u"])
            try writer.write(Operation(kind: .read, key: 0, start: -1, end: 2))
            try writer.write(
                Operation(
                    id: 3, kind: .invalidate, instance: 1, worker: 2, key: 0, tagSet: 1, version: 4, value: 5,
                    layer: .l1,
                    source: .redis, scope: .cluster, outcome: .ok, start: 6, end: Operation.never, cause: 7,
                    isTombstone: true,
                    isAbsent: true))
        }
        let names = #"{"keys":["a\"b\n\u0001é"]}"# + "\n" + #"{"tagSets":[["t","u"]]}"# + "\n"
        let key = #""key":"a\"b\n\u0001é""#
        let first = #"{"kind":"read",\#(key),"start":-1,"end":2}"# + "\n"
        let second = [
            #"{"id":3,"kind":"invalidate""#, key, #""tags":["t","u"],"version":4,"value":5,"start":6,"instance":1"#,
            #""worker":2,"layer":"L1","source":"redis","scope":"cluster","outcome":"ok","cause":7"#,
            #""tombstone":true,"absent":true}"#,
        ].joined(separator: ",")
        #expect(String(decoding: bytes, as: UTF8.self) == writtenHeader + names + first + second + "\n")
    }

    @Test(
        "What could not be read again is not written",
        arguments: [
            (
                HistoryFormat.jsonLines, Operation(id: 7, kind: .read, key: 0, start: 2, end: 1),
                "operation 7: end: found 1; expected at least the start, 2"
            ),
            (
                .jsonLines, Operation(id: 7, kind: .read, start: 1, end: 2),
                "operation 7: key: found no key; expected the key that this read concerns"
            ),
            (
                .jsonLines, Operation(id: 7, kind: .read, key: 9, start: 1, end: 2),
                "operation 7: found key 9, tag set 0; expected numbers of names that were added"
            ),
            (
                .jsonLines, Operation(id: 7, kind: .read, key: 0, version: -1, start: 1, end: 2),
                "operation 7: version: found -1; expected 0 to 9223372036854775807"
            ),
            (
                .jsonLines, Operation(id: 1, kind: .read, key: 0, start: 1, end: 2),
                "operation 1: found an id that another operation has; expected its own"
            ),
            (
                .registerText, Operation(id: 7, kind: .delete, worker: 0, key: 0, start: 1, end: 2),
                """
                operation 7: kind: found delete; expected a read, write or compareAndSet, as register text \
                has no other
                """
            ),
            (
                .registerText, Operation(id: 7, kind: .read, worker: 0, key: 0, version: 1, start: 1, end: 2),
                "operation 7: operation: found a field that register text does not have; expected id, worker, key, "
                    + "value, start "
                    + "and end only; JSON Lines has all fields"
            ),
            (
                .registerText,
                Operation(id: 7, kind: .write, worker: 0, key: 0, value: 1, outcome: .failed, start: 1, end: 2),
                "operation 7: outcome: found failed; expected ok, or unknown without an end, as register text has no "
                    + "other"
            ),
            (
                .jsonLines, Operation(id: 7, kind: .write, key: 0, outcome: .failed, start: 1, end: 2, isRefused: true),
                "operation 7: refused: found a write; expected a compareAndSet, a read or an inspect"
            ),
            (
                .jsonLines,
                Operation(id: 7, kind: .compareAndSet, key: 0, value: 9, start: 1, end: 2, isRefused: true),
                "operation 7: refused: found the outcome ok; expected failed, or no outcome"
            ),
            (
                .jsonLines,
                Operation(id: 7, kind: .compareAndSet, key: 0, value: 9, start: 1, end: 2, cause: 5, isAbsent: true),
                "operation 7: expected: found 5 and absent; expected one of them"
            ),
            (
                .registerText,
                Operation(id: 7, kind: .compareAndSet, worker: 0, key: 0, value: 9, start: 1, end: 2, isAbsent: true),
                "operation 7: operation: found a field that register text does not have; expected id, worker, key, "
                    + "value, start and end only; JSON Lines has all fields"
            ),
        ])
    func refusals(format: HistoryFormat, operation: Operation, message: String) {
        let error = #expect(throws: HistoryFileError.self) {
            try written(format) { writer throws(HistoryFileError) in
                try writer.add(key: "x")
                try writer.write(Operation(id: 1, kind: .write, worker: 0, key: 0, value: 9, start: 1, end: 2))
                try writer.write(operation)
            }
        }
        let line = format == .jsonLines ? 4 : 3
        #expect(error?.description == "h:\(line):1: error: " + message)
    }

    @Test("A key of several words is none of register text, and EDN is not written")
    func unwritable() {
        let key = #expect(throws: HistoryFileError.self) {
            try written(.registerText) { writer throws(HistoryFileError) in try writer.add(key: "two words") }
        }
        #expect(key?.found == "\"two words\"")
        let twice = #expect(throws: HistoryFileError.self) {
            try written(.jsonLines) { writer throws(HistoryFileError) in
                try writer.add(key: "x")
                try writer.add(key: "x")
            }
        }
        #expect(twice?.expected == "each key once")
        let format = #expect(throws: HistoryFileError.self) { try HistoryWriter(path: "/nowhere/h", format: .edn).file }
        #expect(format?.found == "the format edn")
    }

    #if os(Linux)
        @Test(
            "A full disk is reported, by a short history at its end and by a long one before", arguments: [1, 20_000])
        func fullDisk(count: Int) {
            let operations = (0..<count).map { Operation(kind: .read, key: 0, start: Int64($0), end: Int64($0)) }
            let error = #expect(throws: HistoryFileError.self) {
                try History(operations: operations, keys: ["x"]).write(to: "/dev/full")
            }
            #expect(error?.found == "No space left on device")
            #expect(error?.file == "/dev/full")
        }
    #endif

    @Test("A history is written to a file and read from it")
    func files() throws {
        let path = NSTemporaryDirectory() + "/history-\(UUID().uuidString).jsonl"
        defer { unlink(path) }
        var random = RandomHistory(seed: 1)
        let history = random.history(count: 10)
        try history.write(to: path)
        #expect(try History(contentsOf: path) == history)
        let folder = #expect(throws: HistoryFileError.self) { try history.write(to: "/nowhere/at/all") }
        #expect(folder?.found == "No such file or directory")
    }
}

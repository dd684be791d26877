import Foundation
import History
import TestSupport
import Testing

import struct History.Operation

/// Spoilt files: nothing that is read may crash or hang a reader, and nothing invalid may pass as valid.
///
/// `COHERENCE_FUZZ_LINES` is the number of spoilt lines in all; without it there are 30,000. Each batch has a seed of
/// its own, and a failure names it.
@Suite("Reading spoilt files", .timeLimit(.minutes(60)), .computing)
struct HistoryFuzzTests {
    private static let lines = ProcessInfo.processInfo.environment["COHERENCE_FUZZ_LINES"].flatMap(Int.init) ?? 30_000
    private static let linesPerBatch = 2_000
    /// EDN takes a third of the lines, a line to each batch of its own.
    private static let batches = 0..<(lines + 3 * linesPerBatch - 1) / (3 * linesPerBatch)

    @Test("JSON Lines: what is accepted is valid, and the same when it is written again", arguments: batches)
    func jsonLines(batch: Int) throws {
        var random = RandomHistory(seed: UInt64(batch))
        let history = random.history(count: 300)
        let bytes = try written(.jsonLines) { writer throws(HistoryFileError) in try writer.write(history) }
        let operations = bytes.split(separator: UInt8(ascii: "\n")).map(Array.init).filter {
            !$0.starts(with: "{\"keys".utf8)
        }
        try fuzz(
            .jsonLines, Array(operations.dropFirst()), seed: batch, header: Array(jsonHeader.utf8), LineReferee.jsonLine
        )
    }

    @Test("Register text: what is accepted is valid, and the same when it is written again", arguments: batches)
    func registerText(batch: Int) throws {
        var random = RandomHistory(seed: UInt64(batch))
        let history = random.registers(count: 2_000)
        let bytes = try written(.registerText) { writer throws(HistoryFileError) in try writer.write(history) }
        let operations = bytes.split(separator: UInt8(ascii: "\n")).map(Array.init)
        try fuzz(
            .registerText, Array(operations.dropFirst()), seed: batch, header: Array("#\n".utf8),
            LineReferee.registerText)
    }

    @Test("EDN: what is accepted can be written as JSON Lines and is the same", arguments: batches)
    func edn(batch: Int) throws {
        let lines = try [Fixture.bytes("coherent.edn"), Fixture.bytes("stale-read.edn"), Array(Self.ednExtras.utf8)]
            .map { $0.split(separator: UInt8(ascii: "\n")).map(Array.init) }
        var mutator = LineMutator(seed: UInt64(batch))
        var accepted = 0
        for index in 0..<Self.linesPerBatch {
            var history = lines[index % lines.count]
            let place = (index / lines.count) % history.count
            history[place] = mutator.mutated(history[place], other: history[(place * 7 + 3) % history.count])
            let text = Array(history.joined(separator: [UInt8(ascii: "\n")]))
            if let problem = Self.problem(ofEvents: text, .edn) {
                let shortest = LineMutator.shortest(text) { Self.problem(ofEvents: $0, .edn) != nil }
                Issue.record("\(problem), seed \(batch): \(String(decoding: shortest, as: UTF8.self))")
                return
            }
            if Reading(bytes: text, format: .edn).errors.isEmpty { accepted += 1 }
        }
        #expect(accepted > 0, "a batch of which nothing is accepted shows nothing")
    }

    private static let ednExtras = #"""
        #jepsen.history.Op{:index 0, :time 5, :type :invoke, :process 1, :f :write, :value #t [:k 3], "x" \a}
        ; comment
        #_ {:a #{1 2.5 3N}} {:index 1, :time 6, :type :ok, :process 1, :f :write, :value [:k 3], :error (a "b\"]" nil)}
        {:index 2, :time 7, :type :invoke, :process 2, :f :cas, :value [:k #x [3 4]]}
        {:index 3, :time 8, :type :ok, :process 2, :f cas, :value [:k [3 4]]}
        """#

    @Test("Logs: what is accepted can be written as JSON Lines and is the same", arguments: batches)
    func jepsenLog(batch: Int) {
        let lines = Self.log.split(separator: "\n").map { Array($0.utf8) }
        var mutator = LineMutator(seed: UInt64(batch))
        var accepted = 0
        for index in 0..<Self.linesPerBatch {
            var history = lines
            let place = index % lines.count
            history[place] = mutator.mutated(history[place], other: history[(place * 7 + 3) % history.count])
            let text = Array(history.joined(separator: [UInt8(ascii: "\n")]))
            if let problem = Self.problem(ofEvents: text, .jepsenLog) {
                let shortest = LineMutator.shortest(text) { Self.problem(ofEvents: $0, .jepsenLog) != nil }
                Issue.record("\(problem), seed \(batch): \(String(decoding: shortest, as: UTF8.self))")
                return
            }
            if Reading(bytes: text, format: .jepsenLog).errors.isEmpty { accepted += 1 }
        }
        #expect(accepted > 0, "a batch of which nothing is accepted shows nothing")
    }

    private static let log = """
        INFO  jepsen.util - 0\t:invoke\t:read\tnil
        INFO  jepsen.util - 12\t:invoke\t:cas\t[0 3]
        INFO  jepsen.util - 0\t:ok\t:read\tnil
        INFO  jepsen.core - a line of another part
        INFO  jepsen.util - 12\t:fail\t:cas\t[0 3]
        INFO  jepsen.util - :nemesis\t:info\t:start\t"cut off"
        INFO  jepsen.util - 3\t:invoke\t:write\t4
        INFO  jepsen.util - 3\t:info\t:write\t:timed-out
        """

    // MARK: Lines

    private func fuzz(
        _ format: HistoryFormat, _ lines: [[UInt8]], seed: Int, header: [UInt8],
        _ referee: ([UInt8]) -> SpelledOperation?
    ) throws {
        var mutator = LineMutator(seed: UInt64(seed))
        let mutated = (0..<Self.linesPerBatch).map { index in
            mutator.mutated(lines[index % lines.count], other: lines[(index * 31 + 7) % lines.count])
        }
        let newline = [UInt8(ascii: "\n")]
        let reading = Reading(bytes: header + mutated.joined(separator: newline) + newline, format: format)
        let counts = reading.counts
        #expect(counts.lines == mutated.count + 1)
        #expect(
            counts.lines == counts.operations + counts.blankLines + counts.declarations + counts.malformed,
            "nothing is passed over")
        #expect(counts.operations > 0 && counts.malformed > 0, "a batch of one sort shows nothing")
        var wrong: [UInt8]?
        for (operation, line) in zip(reading.operations, reading.lines) {
            let text = mutated[line - 2]
            guard !Self.agrees(SpelledOperation(operation, reading), text, referee) else { continue }
            if text.count < wrong?.count ?? .max { wrong = text }
        }
        if let wrong {
            let shortest = LineMutator.shortest(wrong) { line in
                let single = Reading(bytes: header + line + newline, format: format)
                guard let operation = single.operations.first else { return false }
                return !Self.agrees(SpelledOperation(operation, single), line, referee)
            }
            Issue.record("the referee reads it otherwise, seed \(seed): \(String(decoding: shortest, as: UTF8.self))")
        }
        try expectSameWhenWritten(reading, format, seed: seed)
    }

    private static func agrees(
        _ accepted: SpelledOperation, _ line: [UInt8], _ referee: ([UInt8]) -> SpelledOperation?
    ) -> Bool {
        accepted.keepsRules && referee(line) == accepted
    }

    private func expectSameWhenWritten(_ reading: Reading, _ format: HistoryFormat, seed: Int) throws {
        let again = try Self.rewritten(reading, format)
        #expect(again.errors == [], "seed \(seed)")
        let before = reading.operations.map { SpelledOperation($0, reading) }
        let after = again.operations.map { SpelledOperation($0, again) }
        #expect(before == after, "seed \(seed)")
    }

    private static func rewritten(_ reading: Reading, _ format: HistoryFormat) throws(HistoryFileError) -> Reading {
        let bytes = try written(format) { writer throws(HistoryFileError) in
            for key in reading.keys { try writer.add(key: key) }
            for tags in reading.tagSets.dropFirst() { try writer.add(tagSet: tags) }
            for operation in reading.operations { try writer.write(operation) }
        }
        return Reading(bytes: bytes, format: format)
    }

    // MARK: EDN

    /// What is wrong with how a text is read; `nil` if it is refused, or accepted and the same when it is written
    /// again.
    private static func problem(ofEvents text: [UInt8], _ format: HistoryFormat) -> String? {
        let reading = Reading(bytes: text, format: format)
        guard reading.errors.isEmpty else { return nil }
        if String(validating: text, as: UTF8.self) == nil { return "accepted invalid UTF-8" }
        let spelled = reading.operations.map { SpelledOperation($0, reading) }
        guard spelled.allSatisfy(\.keepsRules) else { return "accepted an operation that breaks the rules" }
        guard let again = try? rewritten(reading, .jsonLines), again.errors.isEmpty else { return "cannot be written" }
        return again.operations.map { SpelledOperation($0, again) } == spelled ? nil : "is another history when written"
    }
}

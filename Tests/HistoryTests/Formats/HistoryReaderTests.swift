import Foundation
import History
import TestSupport
import Testing

import struct History.Operation

@Suite("Reading histories", .computing)
struct HistoryReaderTests {
    private let line = #"{"kind":"read","key":"x","start":5,"end":6}"#

    @Test(
        "The format is told from how the file begins",
        arguments: [
            ("  \n{ \"format\":\"swift-cache-coherence history\",\"version\":1}", HistoryFormat.jsonLines),
            ("# comment", .registerText), ("\r\n1 0 x r 0 1 2", .registerText), ("#id client", .registerText),
            ("{:type :info :process :nemesis}", .edn), ("[{:type :info :process :nemesis}]", .edn),
            ("; comment\n", .edn),
            ("#jepsen.history.Op{:type :info :process :nemesis}", .edn), ("#_ x", .edn), ("{ ,}", .edn), ("[]", .edn),
            ("()", .edn),
        ])
    func detection(text: String, format: HistoryFormat) throws {
        try withDescriptor(of: text.utf8) { descriptor in
            let reader = try HistoryReader(descriptor: descriptor, name: "h")
            let found = reader.format
            #expect(found == format)
        }
    }

    @Test(
        "What is no history is said to be none",
        arguments: [
            ("", "found nothing but blanks; expected a history"),
            (" \r\n\n", "found nothing but blanks; expected a history"),
            ("\u{FEFF}", "found nothing but blanks; expected a history"),
            (
                "hello",
                "found text that begins like no known format; expected a header {\"format\":…} (JSON Lines), \"#\" "
                    + "or a number "
                    + "(register text), {:type …} (EDN), or INFO (the log of a Jepsen test)"
            ),
        ])
    func noHistory(text: String, message: String) {
        let errors = Reading(text).errors
        #expect(errors.map(\.description) == ["h:1:1: error: " + message])
    }

    @Test("A format that is given is not guessed")
    func givenFormat() {
        #expect(Reading("1 0 x r 0 1 2", format: .jsonLines).errors.map(\.line) == [1])
        #expect(Reading("1 0 x r 0 1 2", format: .registerText).operations.count == 1)
    }

    @Test("Lines may end with CR LF, the last one with nothing, and a byte order mark is passed over")
    func lineEnds() {
        let text = "\u{FEFF}" + jsonHeader + line + "\n\n" + line
        for (ending, variant) in [("LF", text), ("CR LF", text.replacing("\n", with: "\r\n"))] {
            let reading = Reading(variant)
            #expect(reading.errors == [], "\(ending)")
            #expect(reading.operations.count == 2, "\(ending)")
            #expect(reading.counts.lines == 4, "\(ending)")
            #expect(reading.counts.blankLines == 1, "\(ending)")
        }
        #expect(Reading("1 0 x w 7 1 2\r\n2 0 x w 8 3 -\r\n").operations.count == 2)
        #expect(
            Reading("[{:type :invoke :f :read :process 1}\r\n{:type :ok :f :read :process 1}]\r\n").operations.count
                == 1)
    }

    @Test("A last line that was cut is an error, wherever it was cut", arguments: [HistoryFormat.jsonLines, .edn])
    func truncation(format: HistoryFormat) {
        let begin = format == .jsonLines ? jsonHeader : "{:type :invoke, :f :write, :value 1, :process 0}\n"
        let last = format == .jsonLines ? line : "{:type :ok, :f :write, :value 1, :process 0}"
        for length in 1..<last.utf8.count {
            let reading = Reading(bytes: Array(begin.utf8) + last.utf8.prefix(length))
            #expect(reading.errors.count == 1, "after \(length) bytes")
        }
        #expect(Reading(begin + last).errors == [])
    }

    @Test("A line of register text that was cut between its fields is an error")
    func truncatedRegisterText() {
        let last = "1 0 key w 7 100 200"
        for length in 1...last.utf8.count - 3 {
            #expect(Reading(bytes: Array(last.utf8.prefix(length))).errors.count == 1, "after \(length) bytes")
        }
    }

    @Test("A pipe that hands out one byte at a time is read like a file", arguments: ["jsonl", "txt", "edn"])
    func slowPipe(suffix: String) throws {
        let text = try Fixture.bytes("coherent.\(suffix)")
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        // The fixtures fit into the pipe's buffer in pieces that are read one by one.
        let writing = ends[1]
        let writer = Thread {
            for byte in text { _ = withUnsafeBytes(of: byte) { write(writing, $0.baseAddress, 1) } }
            close(writing)
        }
        writer.start()
        defer { close(ends[0]) }
        let slow = Reading(descriptor: ends[0])
        let fast = Reading(bytes: text)
        #expect(slow == fast)
        #expect(slow.operations.count == 6)
    }

    @Test("A file is read the same wherever the ends of its chunks fall")
    func chunks() {
        let count = 9_000
        let numbers = 0..<count
        let jsonLines = Reading(
            jsonHeader
                + numbers.map { #"{"id":\#($0 + 1),"kind":"read","key":"k\#($0 % 7)","start":\#($0)}"# + "\n" }.joined()
        )
        #expect(jsonLines.errors == [])
        #expect(jsonLines.operations.map(\.start) == numbers.map(Int64.init))
        let edn = Reading(
            numbers.map {
                "{:type :invoke, :f :write, :value [\"k \($0 % 7)\" \($0 + 1)], :process \($0)} ; comment\n#_ [a] "
                    + "{:type :ok, :f :write, :value [\"k \($0 % 7)\" \($0 + 1)], :process \($0)}\n"
            }.joined())
        #expect(edn.errors == [])
        #expect(edn.operations.map(\.value) == numbers.map { Int64($0) + 1 })
        #expect(edn.counts.lines == 2 * count)
    }

    @Test("A line has at most a million bytes", arguments: HistoryFormat.allCases)
    func longLines(format: HistoryFormat) {
        let (begin, end) =
            switch format {
            case .jsonLines: (jsonHeader + #"{"kind":"read","start":5,"key":""#, #""}"#)
            case .registerText: ("1 0 ", " r 0 1 2")
            case .edn: ("{:type :invoke :f :read :process 1 :value [\"", "\" 1]}")
            case .jepsenLog: ("INFO  jepsen.util - 0\t:invoke\t:read\t[\"", "\" nil]")
            }
        let room =
            1_000_000 - (format == .jsonLines ? begin.utf8.count - jsonHeader.utf8.count : begin.utf8.count)
            - end.utf8.count
        let longest = begin + String(repeating: "k", count: room) + end
        #expect(Reading(longest).errors == [])
        #expect(Reading(longest).operations.count == 1)
        let tooLong = begin + String(repeating: "k", count: 1_600_000) + end
        let errors = Reading(tooLong).errors
        #expect(errors.map(\.found) == ["a line or a form of more than 1000000 bytes"])
        #expect(errors.map(\.isFinal) == [true])
    }

    @Test("A reader with a deadline reads a file like any other, and gives up where nothing comes any more")
    func deadline() throws {
        let text = "1 0 x w 5 1 2\n2 0 x r 5 3 4\n"
        let file = FileManager.default.temporaryDirectory.appending(path: "deadline-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        var reader = try HistoryReader(path: file, deadline: .now + .seconds(120))
        #expect(try reader.history().operations.count == 2)
        let late = #expect(throws: HistoryFileError.self) { try HistoryReader(path: file, deadline: .now).file }
        #expect(late?.found == "nothing more within the time allowed")
        let silent = Pipe()
        try silent.fileHandleForWriting.write(contentsOf: Data((text + "3 0 x w").utf8))
        let error = #expect(throws: (any Error).self) {
            var waiting = try HistoryReader(
                descriptor: silent.fileHandleForReading.fileDescriptor, name: "h", deadline: .now + .milliseconds(50))
            _ = try waiting.history()
        }
        #expect(error.map { "\($0)" }?.contains("nothing more within the time allowed") == true)
    }

    @Test("Up to twenty errors are told, and how many more there are")
    func manyMistakes() throws {
        let text = jsonHeader + String(repeating: "{}\n", count: 23)
        try withDescriptor(of: text.utf8) { descriptor in
            var reader = try HistoryReader(descriptor: descriptor, name: "h")
            let errors = #expect(throws: HistoryFileErrors.self) { () throws in _ = try reader.history() }
            #expect(errors?.errors.map(\.line) == Array(2...21))
            #expect(errors?.further == 3)
            #expect(errors?.description.hasSuffix("\nand 3 more malformed lines") == true)
            let counts = reader.counts
            #expect(counts.malformed == 23)
        }
    }

    @Test("Every line is counted as what it is")
    func counts() {
        let counts = Reading(jsonHeader + "\n" + line + "\n{}\n" + #"{"keys":["y"]}"# + "\n").counts
        #expect(counts.lines == 5)
        #expect(counts.lines == counts.operations + counts.blankLines + counts.declarations + counts.malformed)
    }

    @Test("A file that cannot be read is an error of the system")
    func noFile() {
        let missing = #expect(throws: HistoryFileErrors.self) { try History(contentsOf: "/nowhere/at/all") }
        #expect(
            missing?.description
                == "/nowhere/at/all:1:1: error: found No such file or directory; expected a file that can be read")
        let folder = #expect(throws: HistoryFileErrors.self) { try History(contentsOf: "/") }
        #expect(folder?.description == "/:1:1: error: found Is a directory; expected a file that can be read")
    }
}

import Foundation
import History

/// Says of each history on standard input whether `HistoryReader` accepts it, for a comparison with the strict parsers of
/// Fuzzing/Referee.
///
///     history-acceptance FORMAT < HISTORIES > VERDICTS
///
/// A history is its length in bytes (32 bits, little endian) and that many bytes, at most 60,000: they have to fit into a
/// pipe. A verdict is one byte: `A` (accepted) or `R` (refused).
@main
enum Acceptance {
    static func main() throws {
        guard CommandLine.arguments.count == 2, let format = HistoryFormat(rawValue: CommandLine.arguments[1]) else {
            let names = HistoryFormat.allCases.map(\.rawValue).joined(separator: "|")
            FileHandle.standardError.write(Data("history-acceptance: expected one of \(names)\n".utf8))
            exit(64)
        }
        let input = [UInt8](FileHandle.standardInput.readDataToEndOfFile())
        var start = 0
        while start < input.count {
            let length = input[start..<start + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
            precondition(length <= 60_000, "a history is too long")
            start += 4
            // One system call each, so that it is known where a reader has trapped.
            FileHandle.standardOutput.write(Data([try accepts(input[start..<start + length], format) ? 0x41 : 0x52]))
            start += length
        }
    }

    private static func accepts(_ text: ArraySlice<UInt8>, _ format: HistoryFormat) throws -> Bool {
        var ends: [Int32] = [0, 0]
        precondition(pipe(&ends) == 0, "no pipe could be made")
        let written = text.withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) }
        precondition(written == text.count, "the pipe did not take a history")
        close(ends[1])
        defer { close(ends[0]) }
        do {
            var reader = try HistoryReader(descriptor: ends[0], name: "fuzzed", format: format)
            while try reader.next() != nil {}
            return true
        } catch {
            return false
        }
    }
}

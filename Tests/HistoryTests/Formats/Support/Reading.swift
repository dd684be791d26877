import Foundation
import History

import struct History.Operation

/// An unnamed file with a text, open for reading.
func withDescriptor<Result>(of text: some Sequence<UInt8>, _ body: (Int32) throws -> Result) rethrows -> Result {
    guard let file = tmpfile() else { fatalError("no temporary file could be made") }
    defer { fclose(file) }
    let bytes = Array(text)
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
        fatalError("the temporary file could not be written")
    }
    rewind(file)
    return try body(fileno(file))
}

/// Everything that a reader says about a text.
struct Reading: Equatable {
    var operations: [Operation] = []
    var errors: [HistoryFileError] = []
    var keys: [String] = []
    var tagSets: [[String]] = []
    var checks: [String] = []
    var counts = HistoryCounts()
    /// The line that was read last when each operation was delivered.
    var lines: [Int] = []

    init(_ text: String, format: HistoryFormat? = nil) { self.init(bytes: text.utf8, format: format) }

    init(bytes: some Sequence<UInt8>, format: HistoryFormat? = nil) {
        withDescriptor(of: bytes) { read(descriptor: $0, format: format) }
    }

    init(descriptor: Int32) { read(descriptor: descriptor, format: nil) }

    private mutating func read(descriptor: Int32, format: HistoryFormat?) {
        let opened = Result { () throws(HistoryFileError) in
            try readAll(descriptor, format)
        }
        if case .failure(let error) = opened { errors.append(error) }
    }

    private mutating func readAll(_ descriptor: Int32, _ format: HistoryFormat?) throws(HistoryFileError) {
        var reader = try HistoryReader(descriptor: descriptor, name: "h", format: format)
        while true {
            do throws(HistoryFileError) {
                guard let operation = try reader.next() else { break }
                operations.append(operation)
                lines.append(reader.counts.lines)
            } catch {
                errors.append(error)
            }
        }
        keys = reader.keys
        tagSets = reader.tagSets
        checks = reader.checks
        counts = reader.counts
    }
}

/// The bytes that a writer makes.
func written(
    _ format: HistoryFormat, _ body: (inout HistoryWriter) throws(HistoryFileError) -> Void
) throws(HistoryFileError) -> [UInt8] {
    guard let file = tmpfile() else { fatalError("no temporary file could be made") }
    defer { fclose(file) }
    var writer = try HistoryWriter(descriptor: fileno(file), name: "h", format: format)
    try body(&writer)
    try writer.finish()
    rewind(file)
    return [UInt8](FileHandle(fileDescriptor: fileno(file)).readDataToEndOfFile())
}

/// The header that a writer makes.
let writtenHeader = jsonHeader.replacing("\"version\":1", with: "\"version\":2")

/// A header of files that were written before.
let jsonHeader = "{\"format\":\"swift-cache-coherence history\",\"version\":1}\n"

/// The files of `Fixtures/Histories`.
enum Fixture {
    static func path(_ name: String) -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return root.appendingPathComponent("Fixtures/Histories/\(name)").path
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: path(name))))
    }
}

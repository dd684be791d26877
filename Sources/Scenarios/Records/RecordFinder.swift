import Foundation

/// Finds the records that a scenario's data consists of.
struct RecordFinder {
    /// The path of the scenario.
    let scenario: String

    static let whatIsExpected = "a record: one JSON value"

    enum LookUp {
        case found(Record)
        case missing(available: [String], folder: String?)
        case wrong([ScenarioDiagnostic])
    }

    func record(named name: String) -> LookUp {
        guard let folder = NearestFolder.named("Fixtures/Records", above: scenario) else {
            return .missing(available: [], folder: nil)
        }
        let path = folder + "/\(name).json"
        guard FileManager.default.fileExists(atPath: path) else {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            let names = files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
            return .missing(available: names, folder: folder)
        }
        switch FileText.read(path, what: Self.whatIsExpected) {
        case .failure(let errors): return .wrong(errors.diagnostics)
        case .success(let text):
            let bytes = Array(text.utf8)
            do throws(JSONScanner.ParseError) {
                return .found(Record(name: name, text: try JSONDocument(bytes)))
            } catch {
                return .wrong([Self.diagnostic(error, in: bytes, of: path)])
            }
        }
    }

    private static func diagnostic(
        _ error: JSONScanner.ParseError, in bytes: [UInt8], of path: String
    ) -> ScenarioDiagnostic {
        let before = String(decoding: bytes[..<error.offset], as: UTF8.self)
        let lines = before.split(separator: "\n", omittingEmptySubsequences: false)
        let rest = String(decoding: bytes[error.offset...], as: UTF8.self)
        let found = rest.prefix { !$0.isWhitespace }.prefix(20)
        return ScenarioDiagnostic(
            at: SourcePosition(file: path, line: lines.count, column: (lines.last?.unicodeScalars.count ?? 0) + 1),
            found: rest.isEmpty ? "the end of the text" : found.isEmpty ? "a blank" : Value.quoted(String(found)),
            expected: error.expected)
    }
}

import Yams

/// The YAML of a file, taken apart into nodes.
enum Document {
    /// A file larger than this is no scenario.
    static let largestSize = 1_048_576

    /// The bytes as text, or a report why they are none.
    static func text(_ bytes: [UInt8], file: String, what: String) -> Result<String, ScenarioErrors> {
        func failure(line: Int = 1, column: Int = 1, _ found: String) -> Result<String, ScenarioErrors> {
            let position = SourcePosition(file: file, line: line, column: column)
            return .failure(ScenarioErrors([ScenarioDiagnostic(at: position, found: found, expected: what)]))
        }
        if bytes.count > largestSize { return failure("more than \(largestSize) bytes") }
        if let zero = bytes.firstIndex(of: 0) {
            let line = bytes[..<zero].count { $0 == UInt8(ascii: "\n") } + 1
            return failure(line: line, "a zero byte, so this is a binary file")
        }
        guard let text = String(validating: unified(bytes), as: UTF8.self) else {
            let (line, column) = firstInvalidPlace(bytes)
            return failure(line: line, column: column, "bytes that are not UTF-8")
        }
        if text.allSatisfy(\.isWhitespace) { return failure("an empty file") }
        return .success(text)
    }

    /// The bytes without a byte order mark, every line ended by a single line feed: to Swift, `\r\n` is one character
    /// that is not `\n`.
    private static func unified(_ bytes: [UInt8]) -> [UInt8] {
        var unified: [UInt8] = []
        unified.reserveCapacity(bytes.count)
        var wasReturn = false
        for byte in bytes.dropFirst(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0) {
            if byte == UInt8(ascii: "\r") {
                unified.append(UInt8(ascii: "\n"))
            } else if byte != UInt8(ascii: "\n") || !wasReturn {
                unified.append(byte)
            }
            wasReturn = byte == UInt8(ascii: "\r")
        }
        return unified
    }

    /// The root of the only document in a text. Everything that keeps it from being one is reported.
    static func compose(_ text: String, context: DecodingContext, what: String) -> Node? {
        var text = text
        // Each round masks one more duplicate; their number bounds the loop.
        for number in 0..<200 {
            do {
                if let root = try Yams.compose(yaml: text, .default, .default, .utf8) { return root }
                context.report(at: context.position(nil), "", found: "nothing but comments", expected: what)
                return nil
            } catch YamlError.duplicatedKeysInMapping(let duplicates, let place) {
                let key = duplicates.first ?? ""
                let masked = DuplicateKeys.mask(key, after: TextPosition(place.mark), in: text, number: number)
                let found =
                    "\(Value.quoted(key)) for the second time in one mapping"
                    + (masked == nil ? "" : ", first in line \(place.mark.line)")
                context.report(
                    at: context.position(masked?.place ?? TextPosition(place.mark)), "", found: found,
                    expected: "each word once")
                guard let masked else { return nil }
                text = masked.text
            } catch let error as YamlError {
                report(error, text: text, context: context, what: what)
                return nil
            } catch {
                context.report(at: context.position(nil), "", found: "unreadable text (\(error))", expected: what)
                return nil
            }
        }
        return nil
    }

    private static func report(_ error: YamlError, text: String, context: DecodingContext, what: String) {
        var mark: TextPosition?
        var problem: String
        switch error {
        case .scanner(let place, let text, let problemMark, _), .parser(let place, let text, let problemMark, _),
            .composer(let place, let text, let problemMark, _):
            mark = TextPosition(problemMark)
            problem = text
            if problem == "but found another document" {
                context.report(
                    at: context.position(mark), "", found: "a second document", expected: "one document in a file")
                return
            }
            if let place { problem = "\(place.text) in line \(place.mark.line), \(problem)" }
        case .reader(let text, let offset, _, let yaml):
            problem = text
            if let offset {
                let before = yaml.prefix(offset)
                mark = TextPosition(line: before.count(where: \.isNewline) + 1, column: 1)
            }
        default: problem = "\(error)"
        }
        context.report(
            at: context.position(mark), "", found: "text that is not \(context.language) (\(problem))",
            expected: hint(text, mark: mark, problem: problem) ?? what)
    }

    /// What usually helps with common errors in this format.
    private static func hint(_ text: String, mark: TextPosition?, problem: String) -> String? {
        guard let mark else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let near = [mark.line - 2, mark.line - 1].filter(lines.indices.contains).map { lines[$0] }
        if let last = near.last, last.prefix(while: { $0 == " " || $0 == "\t" }).contains("\t") {
            return "spaces for indentation, not tabs"
        }
        if near.contains(where: { $0.contains(": >") && !$0.contains(": >-") }) {
            return "a limit that begins with > in quotation marks, such as \"> 95 %\""
        }
        if problem.contains("mapping values are not allowed") {
            return "a text with a colon in quotation marks, and each word in the column of its neighbours"
        }
        return nil
    }

    /// Where the first byte stands that is not UTF-8.
    private static func firstInvalidPlace(_ bytes: [UInt8]) -> (line: Int, column: Int) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where String(validating: line, as: UTF8.self) == nil {
            let valid = String(decoding: line, as: UTF8.self).unicodeScalars.prefix { $0 != "\u{FFFD}" }
            return (index + 1, valid.count + 1)
        }
        return (1, 1)
    }
}

/// Reads Jepsen's histories of registers: pairs what was invoked with how it ended.
struct EDNParser {
    /// What was read.
    enum Step {
        /// Whole forms and blanks up to here are done with.
        case blank
        case operation(Operation)
        case nothing
        case nemesis
        case end
    }

    private let names = WordTable(EDNEvent.Name.allCases, word: \.keyword)
    var pairing = EDNPairing(.edn)
    /// The bracket that closes the whole history; `nil` if it is a sequence of maps.
    private var closing: UInt8?
    private var isClosed = false
    private var hasBegun = false

    /// Reads one form.
    ///
    /// - Parameters:
    ///   - scanner: advances over what is done with; also when more is needed.
    ///   - line: the line of a place in the scanner's text.
    mutating func step(
        _ scanner: inout EDNScanner, _ names: inout HistoryNames, line: (Int) -> Int
    ) throws(EDNInterruption) -> Step {
        var attempt = scanner
        if try attempt.skipOneBlank() {
            while attempt.byte == ASCII.space || (attempt.byte == ASCII.newline && !attempt.isAtEnd) {
                attempt.next += 1
            }
            try Self.checkUTF8(from: scanner, to: attempt)
            scanner = attempt
            return .blank
        }
        if attempt.isAtEnd || attempt.byte == ASCII.semicolon {
            guard scanner.isComplete else { throw .needsMore }
            let end = scanner.atEnd
            guard closing == nil || isClosed else { throw end.interruptionAtEnd }
            try Self.checkUTF8(from: scanner, to: end)
            scanner = end
            return .end
        }
        guard !isClosed else { throw attempt.malformed(expected: "nothing after the end of the history") }
        if let closing, attempt.byte == closing {
            attempt.next += 1
            isClosed = true
        } else if !hasBegun, attempt.byte == ASCII.openingBracket || attempt.byte == ASCII.openingParenthesis {
            closing = attempt.byte == ASCII.openingBracket ? ASCII.closingBracket : ASCII.closingParenthesis
            attempt.next += 1
        } else {
            let event = try attempt.event(self.names)
            hasBegun = true
            // From here on errors are those of one operation, and the next can be read all the same.
            defer { scanner = attempt }
            try Self.checkUTF8(from: scanner, to: attempt)
            if event.isNemesis { return .nemesis }
            do throws(ParseError) {
                let operation = try pairing.add(event, &names, line: line(event.offset))
                return operation.map { .operation($0) } ?? .nothing
            } catch {
                throw .malformed(error)
            }
        }
        hasBegun = true
        scanner = attempt
        return .blank
    }

    private static func checkUTF8(from start: EDNScanner, to end: EDNScanner) throws(EDNInterruption) {
        let text = UnsafeBufferPointer(start: start.next, count: end.next - start.next)
        guard text.contains(where: { $0 >= 0x80 }), String(validating: text, as: UTF8.self) == nil else { return }
        throw .malformed(
            ParseError(offset: start.offset, found: "bytes that are not UTF-8", expected: "UTF-8", isFinal: true))
    }
}

extension EDNScanner {
    /// The end of the text.
    fileprivate var atEnd: EDNScanner {
        var scanner = self
        scanner.next = end
        return scanner
    }
}

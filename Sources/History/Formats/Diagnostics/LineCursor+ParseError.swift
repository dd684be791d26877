import Support

extension LineCursor {
    /// What stands at the cursor, as a message quotes it.
    var foundText: String {
        if byte == ASCII.newline { return "the end of the line" }
        var place = next
        var count = 0
        let isString = byte == ASCII.quote
        // Not beyond the line: a newline ends it in either case.
        while place.pointee != ASCII.newline && count < 40 {
            if count > 0 && (isString ? place.pointee == ASCII.quote : Self.endsWords(place.pointee)) { break }
            if count == 0 && !isString && place.pointee != ASCII.colon && Self.endsWords(place.pointee) {
                count = 1
                break
            }
            place += 1
            count += 1
        }
        let start = isString ? next + 1 : next
        let text = String(decoding: UnsafeBufferPointer(start: start, count: count - (isString ? 1 : 0)), as: UTF8.self)
        return "\"" + text.map { $0.isNewline || $0.asciiValue.map { $0 < 0x20 } ?? false ? "?" : "\($0)" }.joined()
            + "\""
    }

    private static func endsWords(_ byte: UInt8) -> Bool {
        byte <= ASCII.space
            || [
                ASCII.comma, ASCII.colon, ASCII.openingBrace, ASCII.closingBrace, ASCII.openingBracket,
                ASCII.closingBracket, ASCII.quote,
            ].contains(byte)
    }

    /// That something else should stand at the cursor.
    func parseError(_ subject: String = "", expected: String, isFinal: Bool = false) -> ParseError {
        ParseError(offset: offset, subject: subject, found: foundText, expected: expected, isFinal: isFinal)
    }

    /// A whole number within bounds.
    @inline(__always)
    mutating func integer(_ subject: @autoclosure () -> String, in range: ClosedRange<Int64>) throws(ParseError)
        -> Int64
    {
        let start = self
        guard let value = integer(), range.contains(value) else {
            throw start.parseError(subject(), expected: Self.describe(range))
        }
        return value
    }

    /// A whole number was read up to here: refuses a fraction or an exponent that follows it.
    /// - Parameter place: where the number begins.
    @inline(never)
    func refuseFraction(from place: LineCursor, _ subject: String, isTime: Bool) throws(ParseError) {
        guard byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e") else { return }
        throw place.parseError(subject, expected: Self.whole(isTime: isTime))
    }

    /// What a number with a fraction should have been.
    static func whole(isTime: Bool) -> String {
        (isTime ? "whole nanoseconds" : "a whole number") + ", without a fraction or an exponent"
    }

    private static func describe(_ range: ClosedRange<Int64>) -> String {
        let kind = "a whole number"
        switch (range.lowerBound, range.upperBound) {
        case (.min, .max): return kind + " of 64 bits"
        case (let least, .max): return kind + " of 64 bits, at least \(least)"
        case (let least, let most): return kind + " from \(least) to \(most)"
        }
    }
}

extension HistoryNames.Problem {
    func parseError(at offset: Int, subject: String) -> ParseError {
        switch self {
        case .invalidUTF8:
            ParseError(offset: offset, subject: subject, found: "bytes that are not UTF-8", expected: "UTF-8")
        case .tooMany:
            ParseError(
                offset: offset, subject: subject, found: "more names than an operation can number",
                expected: "at most \(Int32.max)", isFinal: true)
        }
    }
}

extension ParseError {
    /// The quoted word that begins at a cursor is not one of those that may stand there.
    init(unknownIn cursor: LineCursor, subject: String, among words: [String]) {
        var rest = cursor
        var bytes: [UInt8] = []
        while rest.byte != ASCII.quote && rest.byte != ASCII.newline && bytes.count < 60 {
            bytes.append(rest.byte)
            rest.advance()
        }
        self.init(unknown: String(decoding: bytes, as: UTF8.self), at: cursor.offset, subject: subject, among: words)
    }
}

/// What is wrong at one place of the text at hand. The reader, who knows which line it is, makes a ``HistoryFileError``
/// of it.
struct ParseError: Error {
    /// Bytes from the start of the text at hand.
    var offset: Int
    var subject = ""
    var found: String
    var expected: String
    var suggestion: String?
    /// Nothing after it can be read.
    var isFinal = false
}

extension ParseError {
    /// A word that is not one of those that may stand there.
    init(unknown word: String, at offset: Int, subject: String, among words: [String]) {
        self.init(
            offset: offset, subject: subject, found: "\"\(word)\"", expected: "one of " + words.joined(separator: ", "),
            suggestion: NearestWord.suggestion(for: word, among: words))
    }
}

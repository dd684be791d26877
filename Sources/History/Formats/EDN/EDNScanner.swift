/// Why a form of EDN could not be read.
enum EDNInterruption: Error {
    /// It goes on beyond what has been read of the file.
    case needsMore
    case malformed(ParseError)
}

/// A place in text of EDN, of which more may still have to be read.
///
/// The byte at `end` is a newline, so that every word and number ends there at the latest; a newline is stepped over
/// only by ``step()``, which looks first whether it is that one. A form that ends with the text is never believed: more
/// may follow, and only ``isComplete`` says that it does not.
struct EDNScanner {
    let first: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>
    /// Nothing follows the text.
    let isComplete: Bool
    var next: UnsafePointer<UInt8>

    /// How deep collections, tags and discarded forms may be nested in each other: what skips them calls itself.
    static let maximumDepth = 200
    /// In how many collections, tags and discarded forms the place lies. The vector around a whole history is not
    /// counted.
    var depth = 0

    init(_ window: UnsafeBufferPointer<UInt8>, isComplete: Bool) {
        first = window.baseAddress!
        end = first + window.count
        next = first
        self.isComplete = isComplete
    }

    var offset: Int { next - first }
    @inline(__always) var byte: UInt8 { next.pointee }
    var isAtEnd: Bool { next == end }
    /// The same place, to read what has no newline in it.
    @inline(__always) var cursor: LineCursor { LineCursor(first: next, end: end) }

    /// Steps over any byte but the end.
    @inline(__always)
    mutating func step() throws(EDNInterruption) {
        guard next != end else { throw interruptionAtEnd }
        next += 1
    }

    var interruptionAtEnd: EDNInterruption {
        guard isComplete else { return .needsMore }
        return .malformed(
            ParseError(
                offset: offset, found: "the end of the file", expected: "the rest of what began", isFinal: true))
    }

    /// What is wrong in the grammar itself is final, because the start of the next form is unknown.
    func malformed(_ subject: String = "", expected: String) -> EDNInterruption {
        if isAtEnd { return interruptionAtEnd }
        return .malformed(
            ParseError(
                offset: offset, subject: subject, found: cursor.foundText, expected: expected, isFinal: true))
    }

    /// Steps over blanks, commas, comments and discarded forms, inside a form.
    mutating func skipBlanks() throws(EDNInterruption) {
        while try skipOneBlank() {}
        if isAtEnd { throw interruptionAtEnd }
    }

    /// Steps over blanks and commas, or over one comment, or over one discarded form.
    /// - Returns: `false` if there is none, or at the end.
    @inline(__always)
    mutating func skipOneBlank() throws(EDNInterruption) -> Bool {
        switch byte {
        case ASCII.space, ASCII.comma, ASCII.tab, ASCII.carriageReturn:
            next += 1
            return true
        case ASCII.newline:
            guard !isAtEnd else { return false }
            next += 1
            return true
        case ASCII.semicolon:
            while byte != ASCII.newline { next += 1 }
            guard isAtEnd else { return true }
            if isComplete { return false }
            throw .needsMore
        case ASCII.numberSign:
            if next + 1 == end && !isComplete { throw .needsMore }
            guard next[1] == ASCII.underscore else { return false }
            next += 2
            try skipForm()
            return true
        default: return false
        }
    }

    /// Steps over a tag such as `#jepsen.history.Op`, and the blanks after it, if there is one.
    mutating func skipTag() throws(EDNInterruption) {
        while byte == ASCII.numberSign, Self.isLetter(next[1]) {
            next += 1
            _ = try atom()
            try skipBlanks()
        }
    }

    /// A number, word, keyword or symbol, as it is written. Not empty.
    mutating func atom() throws(EDNInterruption) -> UnsafeBufferPointer<UInt8> {
        let start = next
        while !Self.endsAtoms(byte) { next += 1 }
        guard next > start else { throw malformed(expected: "a value") }
        if isAtEnd && !isComplete { throw .needsMore }
        return UnsafeBufferPointer(start: start, count: next - start)
    }

    /// Steps over a string.
    /// - Returns: what stands between the quotes, as it is written, and whether there are escapes in it.
    mutating func string() throws(EDNInterruption) -> (text: UnsafeBufferPointer<UInt8>, hasEscapes: Bool) {
        try step()
        let start = next
        var hasEscapes = false
        while byte != ASCII.quote {
            if byte == ASCII.backslash {
                hasEscapes = true
                try step()
            }
            try step()
        }
        let text = UnsafeBufferPointer(start: start, count: next - start)
        next += 1
        return (text, hasEscapes)
    }

    /// Steps over any form.
    mutating func skipForm() throws(EDNInterruption) {
        guard depth < Self.maximumDepth else {
            throw malformed(
                expected: "at most \(Self.maximumDepth) collections, tags and discarded forms in each other")
        }
        depth += 1
        defer { depth -= 1 }
        try skipBlanks()
        switch byte {
        case ASCII.quote: _ = try string()
        case ASCII.openingParenthesis: try skipCollection(endingWith: ASCII.closingParenthesis)
        case ASCII.openingBracket: try skipCollection(endingWith: ASCII.closingBracket)
        case ASCII.openingBrace: try skipCollection(endingWith: ASCII.closingBrace)
        case ASCII.backslash:
            // A character: the one after the `\`, which may be anything, and letters that name it.
            try step()
            try step()
            while !Self.endsAtoms(byte) { next += 1 }
        case ASCII.numberSign:
            try step()
            if byte == ASCII.openingBrace {
                try skipCollection(endingWith: ASCII.closingBrace)
            } else if byte == ASCII.numberSign {
                try step()
                _ = try atom()
            } else {
                // `#:db{…}` is a map with a namespace.
                guard Self.isLetter(byte) || byte == ASCII.colon else {
                    throw malformed(expected: "the name of a tag, which begins with a letter")
                }
                _ = try atom()
                try skipForm()
            }
        default: _ = try atom()
        }
    }

    private mutating func skipCollection(endingWith closing: UInt8) throws(EDNInterruption) {
        try step()
        while true {
            try skipBlanks()
            if byte == closing { break }
            try skipForm()
        }
        next += 1
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    @inline(__always)
    private static func endsAtoms(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...ASCII.space, ASCII.comma, ASCII.quote, ASCII.semicolon, ASCII.openingParenthesis,
            ASCII.closingParenthesis,
            ASCII.openingBracket, ASCII.closingBracket, ASCII.openingBrace, ASCII.closingBrace:
            true
        default: false
        }
    }
}

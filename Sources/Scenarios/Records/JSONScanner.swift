/// Goes through a JSON text (RFC 8259) token by token, and knows at which path it is.
///
/// Without recursion, so that nesting costs memory and never the stack. It keeps every token as it is written: a number
/// is not turned into one.
struct JSONScanner {
    /// What keeps a text from being JSON.
    struct ParseError: Error, Hashable {
        /// Counted in bytes from 0.
        let offset: Int
        let expected: String
    }

    enum Level {
        case object(name: String)
        case array(index: Int)
    }

    private enum Expectation {
        case value, valueOrEnd, name, nameOrEnd, colon, commaOrEnd, end
    }

    let bytes: [UInt8]
    /// The containers around the token that was read last, the outermost first.
    private(set) var levels: [Level] = []
    /// Where the token that was read last begins and ends.
    private(set) var token = 0..<0
    private var position = 0
    private var expectation = Expectation.value

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Reads the next token: a value that holds no others, a bracket, a name, a colon or a comma.
    /// - Returns: `false` behind the last one.
    mutating func next() throws(ParseError) -> Bool {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
        guard position < bytes.count else {
            guard case .end = expectation else { throw parseError() }
            token = position..<position
            return false
        }
        let start = position
        switch (expectation, bytes[position]) {
        case (.value, UInt8(ascii: "{")), (.valueOrEnd, UInt8(ascii: "{")):
            open(.object(name: ""), expecting: .nameOrEnd)
        case (.value, UInt8(ascii: "[")), (.valueOrEnd, UInt8(ascii: "[")):
            open(.array(index: 0), expecting: .valueOrEnd)
        case (.value, _):
            try scalar()
            expectation = levels.isEmpty ? .end : .commaOrEnd
        case (.valueOrEnd, UInt8(ascii: "]")), (.nameOrEnd, UInt8(ascii: "}")): close()
        case (.valueOrEnd, _):
            try scalar()
            expectation = .commaOrEnd
        case (.name, UInt8(ascii: "\"")), (.nameOrEnd, UInt8(ascii: "\"")):
            try string()
            levels[levels.count - 1] = .object(
                name: String(decoding: bytes[(start + 1)..<(position - 1)], as: UTF8.self))
            expectation = .colon
        case (.colon, UInt8(ascii: ":")):
            position += 1
            expectation = .value
        case (.commaOrEnd, UInt8(ascii: ",")): comma()
        case (.commaOrEnd, UInt8(ascii: "]")) where isInArray, (.commaOrEnd, UInt8(ascii: "}")) where !isInArray:
            close()
        default: throw parseError()
        }
        token = start..<position
        return true
    }

    private var isInArray: Bool { if case .array = levels.last { true } else { false } }

    private mutating func open(_ level: Level, expecting expectation: Expectation) {
        position += 1
        levels.append(level)
        self.expectation = expectation
    }

    private mutating func close() {
        position += 1
        levels.removeLast()
        expectation = levels.isEmpty ? .end : .commaOrEnd
    }

    private mutating func comma() {
        position += 1
        if case .array(let index) = levels.last {
            levels[levels.count - 1] = .array(index: index + 1)
            expectation = .value
        } else {
            expectation = .name
        }
    }

    private func parseError() -> ParseError {
        let expected =
            switch expectation {
            case .value: "a value"
            case .valueOrEnd: "a value or ]"
            case .name: "a name in quotation marks"
            case .nameOrEnd: "a name in quotation marks or }"
            case .colon: "a colon"
            case .commaOrEnd: isInArray ? "a comma or ]" : "a comma or }"
            case .end: "nothing after the value"
            }
        return ParseError(offset: position, expected: expected)
    }

    // MARK: Scalars

    private mutating func scalar() throws(ParseError) {
        switch bytes[position] {
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        default:
            let word = ["true", "false", "null"].first { bytes[position...].starts(with: $0.utf8) }
            guard let word else { throw parseError() }
            position += word.utf8.count
        }
    }

    private mutating func string() throws(ParseError) {
        position += 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"): try escape()
            case 0..<0x20:
                throw ParseError(offset: position, expected: "an escape for a control character, such as \\n")
            default: position += 1
            }
        }
        throw ParseError(offset: position, expected: "a closing quotation mark")
    }

    private mutating func escape() throws(ParseError) {
        let letter = bytes[min(position + 1, bytes.count - 1)]
        let isWhole: Bool
        if letter == UInt8(ascii: "u") {
            let digits = bytes[(position + 2)...].prefix(4)
            isWhole = digits.count == 4 && digits.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
        } else {
            isWhole = #""\/bfnrt"#.utf8.contains(letter) && position + 1 < bytes.count
        }
        guard isWhole else {
            throw ParseError(offset: position, expected: #"an escape: \" \\ \/ \b \f \n \r \t or \u and four digits"#)
        }
        position += letter == UInt8(ascii: "u") ? 6 : 2
    }

    private mutating func number() throws(ParseError) {
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        if position < bytes.count, bytes[position] == UInt8(ascii: "0") { position += 1 } else { try digits() }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if position < bytes.count, [UInt8(ascii: "e"), UInt8(ascii: "E")].contains(bytes[position]) {
            position += 1
            if position < bytes.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(bytes[position]) {
                position += 1
            }
            try digits()
        }
    }

    private mutating func digits() throws(ParseError) {
        let start = position
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            position += 1
        }
        if position == start { throw ParseError(offset: position, expected: "a digit") }
    }
}

extension LineCursor {
    /// A string with escapes, as JSON has them. The cursor stands after the opening `"`, and then after the closing
    /// one.
    /// - Parameter bytes: is replaced by what the string says, in UTF-8 if the line is.
    mutating func escapedString(_ subject: String, into bytes: inout [UInt8]) throws(ParseError) {
        bytes.removeAll(keepingCapacity: true)
        while byte != ASCII.quote {
            guard byte >= ASCII.space else {
                throw parseError(subject, expected: isAtEnd ? "a closing \"" : "an escape for a control character")
            }
            let place = self
            guard skip(ASCII.backslash) else {
                bytes.append(byte)
                advance()
                continue
            }
            guard let scalar = escapedScalar() else {
                throw place.parseError(
                    subject,
                    expected: "\\\", \\\\, \\/, \\b, \\f, \\n, \\r, \\t, or \\u and four digits, surrogates in pairs")
            }
            bytes.append(contentsOf: UTF8.encode(scalar)!)
        }
        advance()
    }

    /// What follows a `\`; `nil` if it is no escape.
    private mutating func escapedScalar() -> Unicode.Scalar? {
        let letter = byte
        guard letter != ASCII.newline else { return nil }
        advance()
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            guard let unit = fourDigits() else { return nil }
            guard UTF16.isLeadSurrogate(unit) else { return Unicode.Scalar(unit) }
            guard skip(ASCII.backslash), skip(UInt8(ascii: "u")), let low = fourDigits(), UTF16.isTrailSurrogate(low)
            else {
                return nil
            }
            return Unicode.Scalar(0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(low & 0x3FF)))
        default: return nil
        }
    }

    private mutating func fourDigits() -> UInt16? {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            value = value << 4 | UInt16(digit)
            advance()
        }
        return value
    }
}

/// A form of EDN, as far as the value of an operation on a register can be one.
enum EDNForm {
    case atom(EDNAtom)
    /// A vector of two forms, `[key value]`, of which neither is a collection.
    case tuple(key: EDNAtom, value: EDNAtom)

    /// As a message shows it.
    var text: String {
        switch self {
        case .atom(let atom): atom.text
        case .tuple(let key, let value): "[\(key.text) \(value.text)]"
        }
    }
}

/// A form of EDN that holds no other. The texts lie in the input's buffer.
enum EDNAtom {
    case null
    case integer(Int64, text: UnsafeBufferPointer<UInt8>)
    /// A keyword (with its colon), a symbol, or a number that is no whole one of 64 bits.
    case word(UnsafeBufferPointer<UInt8>)
    /// What stands between the quotes.
    case string(UnsafeBufferPointer<UInt8>, hasEscapes: Bool)
    /// No atom: a collection, a character, or something with a tag. It was stepped over.
    case other

    /// A word that is short enough to be known; `nil` for everything else.
    var packed: PackedWord? {
        guard case .word(let text) = self else { return nil }
        return PackedWord(text)
    }

    /// As a message shows it.
    var text: String {
        switch self {
        case .null: "nil"
        case .integer(_, let text), .word(let text): String(decoding: text.prefix(40), as: UTF8.self)
        case .string(let text, _): "a string, \"\(String(decoding: text.prefix(40), as: UTF8.self))\""
        case .other: "a collection"
        }
    }
}

extension EDNScanner {
    /// The next form.
    mutating func form() throws(EDNInterruption) -> EDNForm {
        try skipBlanks()
        try skipTag()
        guard byte == ASCII.openingBracket else { return .atom(try atomOrOther()) }
        try step()
        var elements = 0
        var key = EDNAtom.null
        var value = EDNAtom.null
        while true {
            try skipBlanks()
            if byte == ASCII.closingBracket { break }
            switch elements {
            case 0: key = try atomOrOther()
            case 1: value = try atomOrOther()
            default: try skipForm(depth: 1)
            }
            elements += 1
        }
        next += 1
        guard elements == 2 else { return .atom(.other) }
        if case .other = key { return .atom(.other) }
        if case .other = value { return .atom(.other) }
        return .tuple(key: key, value: value)
    }

    private mutating func atomOrOther() throws(EDNInterruption) -> EDNAtom {
        switch byte {
        case ASCII.quote:
            let (text, hasEscapes) = try string()
            return .string(text, hasEscapes: hasEscapes)
        case ASCII.openingBrace, ASCII.openingBracket, ASCII.openingParenthesis, ASCII.numberSign, ASCII.backslash:
            try skipForm(depth: 1)
            return .other
        default:
            let text = try atom()
            if let number = DecimalInteger.parse(text.baseAddress!), number.end == next {
                return .integer(number.value, text: text)
            }
            return text.elementsEqual("nil".utf8) ? .null : .word(text)
        }
    }
}

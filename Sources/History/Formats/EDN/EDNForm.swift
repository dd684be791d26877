/// A form of EDN, as far as an operation on a register can hold it. The texts lie in the input's buffer.
enum EDNForm {
    case null
    case integer(Int64, text: UnsafeBufferPointer<UInt8>)
    /// A keyword (with its colon), a symbol, or a number that is no whole one of 64 bits.
    case word(UnsafeBufferPointer<UInt8>)
    /// What stands between the quotes.
    case string(UnsafeBufferPointer<UInt8>, hasEscapes: Bool)
    /// A vector of two forms, `[key value]`, of which neither is a collection.
    indirect case tuple(key: EDNForm, value: EDNForm)
    /// Any other collection.
    case collection

    /// The words that are asked for; `nil` for everything else.
    var packed: PackedWord? {
        guard case .word(let text) = self else { return nil }
        return PackedWord(text)
    }
}

extension EDNScanner {
    /// The next form.
    mutating func form() throws(EDNInterruption) -> EDNForm {
        try skipBlanks()
        try skipTag()
        guard byte == ASCII.openingBracket else { return try simpleForm() }
        try step()
        var elements = 0
        var key = EDNForm.null
        var value = EDNForm.null
        while true {
            try skipBlanks()
            if byte == ASCII.closingBracket { break }
            switch elements {
            case 0: key = try simpleForm()
            case 1: value = try simpleForm()
            default: try skipForm(depth: 1)
            }
            elements += 1
        }
        next += 1
        guard elements == 2 else { return .collection }
        if case .collection = key { return .collection }
        if case .collection = value { return .collection }
        return .tuple(key: key, value: value)
    }

    private mutating func simpleForm() throws(EDNInterruption) -> EDNForm {
        switch byte {
        case ASCII.quote:
            let (text, hasEscapes) = try string()
            return .string(text, hasEscapes: hasEscapes)
        case ASCII.openingBrace, ASCII.openingBracket, ASCII.openingParenthesis, ASCII.numberSign, ASCII.backslash:
            try skipForm(depth: 1)
            return .collection
        default:
            let text = try atom()
            if let number = DecimalInteger.parse(text.baseAddress!), number.end == next {
                return .integer(number.value, text: text)
            }
            return text.elementsEqual("nil".utf8) ? .null : .word(text)
        }
    }
}

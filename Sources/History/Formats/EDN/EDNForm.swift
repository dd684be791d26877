/// A form of EDN, as far as the value of an operation on a register can be one.
enum EDNForm {
    case atom(EDNAtom)
    /// A vector of two forms, `[key value]`, of which neither is a collection.
    case tuple(key: EDNAtom, value: EDNAtom)
    /// A vector of a key and a vector of two, `[key [expected new]]`, of which none is a collection.
    case keyedTuple(key: EDNAtom, expected: EDNAtom, new: EDNAtom)

    /// As a message shows it.
    var text: String {
        switch self {
        case .atom(let atom): atom.text
        case .tuple(let key, let value): "[\(key.text) \(value.text)]"
        case .keyedTuple(let key, let expected, let new): "[\(key.text) [\(expected.text) \(new.text)]]"
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

    /// A word or a string that is short enough to be known; `nil` for everything else.
    var packed: PackedWord? {
        switch self {
        case .word(let text): PackedWord(text)
        // Packed, a NUL at the end would not be seen; and a colon makes a keyword only outside of a string.
        case .string(let text, hasEscapes: false) where text.first != ASCII.colon && !text.contains(0): PackedWord(text)
        default: nil
        }
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
        var inner: (EDNAtom, EDNAtom)?
        guard let (first, second) = try pair(inner: &inner) else { return .atom(.other) }
        if case .other = first { return .atom(.other) }
        if case .other = second {
            guard let (expected, new) = inner else { return .atom(.other) }
            return .keyedTuple(key: first, expected: expected, new: new)
        }
        return .tuple(key: first, value: second)
    }

    /// A vector, stepped over.
    /// - Parameter inner: is given what is in the second element, if that is a vector of two.
    /// - Returns: its two elements; `nil` if it does not have two.
    private mutating func pair(
        inner: inout (EDNAtom, EDNAtom)?
    ) throws(EDNInterruption) -> (EDNAtom, EDNAtom)? {
        try step()
        depth += 1
        defer { depth -= 1 }
        var elements = 0
        var first = EDNAtom.null
        var second = EDNAtom.null
        while true {
            try skipBlanks()
            if byte == ASCII.closingBracket { break }
            if elements == 1 { try skipTag() }
            switch elements {
            case 0: first = try atomOrOther()
            case 1 where byte == ASCII.openingBracket:
                inner = try pairOfAtoms()
                second = .other
            case 1: second = try atomOrOther()
            default: try skipForm()
            }
            elements += 1
        }
        next += 1
        return elements == 2 ? (first, second) : nil
    }

    /// A vector inside of another one, stepped over.
    /// - Returns: its two elements; `nil` if it does not have two, or if one of them is a collection.
    private mutating func pairOfAtoms() throws(EDNInterruption) -> (EDNAtom, EDNAtom)? {
        try step()
        depth += 1
        defer { depth -= 1 }
        var atoms: [EDNAtom] = []
        while true {
            try skipBlanks()
            if byte == ASCII.closingBracket { break }
            if atoms.count < 3 { atoms.append(try atomOrOther()) } else { try skipForm() }
        }
        next += 1
        let areAtoms = atoms.allSatisfy { if case .other = $0 { false } else { true } }
        return atoms.count == 2 && areAtoms ? (atoms[0], atoms[1]) : nil
    }

    private mutating func atomOrOther() throws(EDNInterruption) -> EDNAtom {
        switch byte {
        case ASCII.quote:
            let (text, hasEscapes) = try string()
            return .string(text, hasEscapes: hasEscapes)
        case ASCII.openingBrace, ASCII.openingBracket, ASCII.openingParenthesis, ASCII.numberSign, ASCII.backslash:
            try skipForm()
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

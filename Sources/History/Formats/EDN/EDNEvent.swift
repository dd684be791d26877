/// One map of an EDN history: something began, or something ended.
struct EDNEvent {
    /// A field of the map and where it stands.
    struct Field {
        var form: EDNForm
        var offset: Int
    }

    enum Name: Int, CaseIterable {
        case type, f, process, time, index, value

        var keyword: String { ":\(self)" }
    }

    enum Kind: CaseIterable {
        case invoke, ok, fail, info

        var keyword: String { ":\(self)" }
    }

    /// In the order of ``Name``.
    private var fields: [Field?] = Array(repeating: nil, count: Name.allCases.count)
    /// Where the map begins.
    private(set) var offset: Int

    init(offset: Int) { self.offset = offset }

    subscript(_ name: Name) -> Field? {
        get { fields[name.rawValue] }
        set { fields[name.rawValue] = newValue }
    }

    /// The nemesis, and whatever else is not a numbered process, injects faults; it reads and writes nothing.
    var isNemesis: Bool {
        guard case .word(let text)? = self[.process]?.form else { return false }
        return text.elementsEqual(":nemesis".utf8)
    }
}

extension EDNScanner {
    /// A map, with or without a tag. Fields that are no business of a register are stepped over.
    mutating func event(_ names: WordTable<EDNEvent.Name>) throws(EDNInterruption) -> EDNEvent {
        try skipTag()
        guard byte == ASCII.openingBrace else { throw malformed(expected: "a map, {:type …}") }
        var event = EDNEvent(offset: offset)
        try step()
        while true {
            try skipBlanks()
            if byte == ASCII.closingBrace { break }
            let place = self
            guard byte == ASCII.colon, let word = PackedWord(try atom()), let name = names[word] else {
                next = place.next
                try skipForm(depth: 1)
                try requireValue()
                try skipForm(depth: 1)
                continue
            }
            guard event[name] == nil else { throw place.malformed(expected: "each field once") }
            try requireValue()
            event[name] = EDNEvent.Field(form: .null, offset: offset)
            event[name]?.form = try form()
        }
        next += 1
        return event
    }

    private mutating func requireValue() throws(EDNInterruption) {
        try skipBlanks()
        guard byte != ASCII.closingBrace else { throw malformed(expected: "a value for the key before it") }
    }
}

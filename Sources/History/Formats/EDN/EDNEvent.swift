/// One map of an EDN history: something began, or something ended.
struct EDNEvent {
    /// An atom and where it stands.
    struct Field {
        var atom: EDNAtom
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

    /// What is done to the register.
    enum Function: CaseIterable {
        case read, write, cas

        var keyword: String { ":\(self)" }
    }

    var type: Field?
    var function: Field?
    var process: Field?
    var time: Field?
    var index: Field?
    var value: (form: EDNForm, offset: Int)?
    /// Where the map begins.
    let offset: Int

    init(offset: Int) { self.offset = offset }

    /// - Returns: `false` if the field is there already.
    @inline(__always)
    fileprivate mutating func set(_ name: Name, _ field: Field) -> Bool {
        func fill(_ place: inout Field?) -> Bool {
            guard place == nil else { return false }
            place = field
            return true
        }
        switch name {
        case .type: return fill(&type)
        case .f: return fill(&function)
        case .process: return fill(&process)
        case .time: return fill(&time)
        case .index: return fill(&index)
        case .value: return false
        }
    }

    /// The nemesis injects faults; it reads and writes nothing.
    var isNemesis: Bool {
        switch process?.atom {
        case .word(let text), .string(let text, hasEscapes: false):
            text.elementsEqual(":nemesis".utf8) || text.elementsEqual("nemesis".utf8)
        default: false
        }
    }
}

extension EDNScanner {
    /// A map, with or without a tag. Fields that are no business of a register are stepped over.
    mutating func event(_ names: WordTable<EDNEvent.Name>) throws(EDNInterruption) -> EDNEvent {
        try skipTag()
        guard byte == ASCII.openingBrace else { throw malformed(expected: "a map, {:type …}") }
        var event = EDNEvent(offset: offset)
        try step()
        depth += 1
        defer { depth -= 1 }
        while true {
            try skipBlanks()
            if byte == ASCII.closingBrace { break }
            let place = self
            guard byte == ASCII.colon, let word = PackedWord(try atom()), let name = names[word] else {
                next = place.next
                try skipForm()
                try requireValue()
                try skipForm()
                continue
            }
            try requireValue()
            let field = offset
            let form = try form()
            if name == .value {
                guard event.value == nil else { throw place.malformed(expected: "each field once") }
                event.value = (form, field)
            } else {
                let atom = if case .atom(let atom) = form { atom } else { EDNAtom.other }
                guard event.set(name, EDNEvent.Field(atom: atom, offset: field)) else {
                    throw place.malformed(expected: "each field once")
                }
            }
        }
        next += 1
        return event
    }

    private mutating func requireValue() throws(EDNInterruption) {
        try skipBlanks()
        guard byte != ASCII.closingBrace else { throw malformed(expected: "a value for the key before it") }
    }
}

/// The `:value` of an event, as far as a register knows values.
struct EDNRegisterValue {
    /// What was read, was to be written, or was to be compared.
    enum Content: Equatable {
        /// There is no `:value`.
        case missing
        case null
        case number(Int64)
        /// Of a compare-and-set: what was expected (`nil`: nothing), and what is to be there instead.
        case pair(expected: Int64?, new: Int64)

        /// As a message shows it.
        var text: String {
            switch self {
            case .missing: "nothing"
            case .null: "nil"
            case .number(let value): "\(value)"
            case .pair(let expected, let new): "[\(expected.map { "\($0)" } ?? "nil") \(new)]"
            }
        }
    }

    /// `nil` if the value does not name one.
    var key: Int32?
    var content: Content
}

extension EDNAtom {
    /// A whole number or `nil`; no content if it is something else.
    var content: EDNRegisterValue.Content? {
        switch self {
        case .null: .null
        case .integer(let value, _): .number(value)
        default: nil
        }
    }

    /// What a compare-and-set from this one to the other has.
    func comparison(with new: EDNAtom) -> EDNRegisterValue.Content? {
        guard let expected = content, case .number(let value) = new.content else { return nil }
        if case .number(let number) = expected { return .pair(expected: number, new: value) }
        return .pair(expected: nil, new: value)
    }
}

/// Words that EDN may spell as a keyword (`:cas`), as a symbol (`cas`) or as a string (`"cas"`).
struct EDNWords<Meaning> {
    /// As keywords, for messages.
    let words: [String]
    private let table: WordTable<Meaning>

    /// - Parameter keyword: the word for it, with its colon.
    init(_ meanings: [Meaning], keyword: (Meaning) -> String) {
        words = meanings.map(keyword)
        let spellings = meanings.flatMap { [(keyword($0), $0), (String(keyword($0).dropFirst()), $0)] }
        table = WordTable(spellings)
    }

    subscript(_ atom: EDNAtom) -> Meaning? {
        atom.packed.flatMap { table[$0] }
    }
}

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

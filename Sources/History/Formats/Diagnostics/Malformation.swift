import Support

/// What is wrong at one place of the text at hand. The reader, who knows which line it is, makes a ``HistoryFileError``
/// of it.
struct ParseError: Error {
    /// Bytes from the start of the text at hand.
    var offset: Int
    var subject = ""
    var found: String
    var expected: String
    var suggestion: String?
    /// Nothing after it can be read.
    var isFinal = false
}

extension ParseError {
    /// A word that is not one of those that may stand there.
    init(unknown word: String, at offset: Int, subject: String, among words: [String]) {
        self.init(
            offset: offset, subject: subject, found: "\"\(word)\"", expected: "one of " + words.joined(separator: ", "),
            suggestion: NearestWord.suggestion(for: word, among: words))
    }
}

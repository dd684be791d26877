/// Keys, values, words: binary safe, as everything in Redis is.
typealias Bytes = [UInt8]

extension Bytes {
    /// The UTF-8 bytes of a text.
    init(_ text: String) { self.init(text.utf8) }

    /// The text, for messages; bytes that are not UTF-8 come out as U+FFFD.
    var text: String { String(decoding: self, as: UTF8.self) }

    /// With the letters A to Z made small, which is how Redis compares the names of commands and options.
    var lowercased: Bytes {
        guard contains(where: { (65...90).contains($0) }) else { return self }
        return map { (65...90).contains($0) ? $0 + 32 : $0 }
    }

    /// Whether this is the given word, whatever its case. The word must be lower-case.
    func isWord(_ word: String) -> Bool { count == word.utf8.count && lowercased.elementsEqual(word.utf8) }
}

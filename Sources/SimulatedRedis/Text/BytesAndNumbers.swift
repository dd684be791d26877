#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A key, value or word. Redis strings are binary safe.
typealias Bytes = [UInt8]

extension Bytes {
    /// Creates the UTF-8 bytes of a text.
    init(_ text: String) { self.init(text.utf8) }

    /// The text for messages. Bytes that are not UTF-8 become U+FFFD.
    var text: String { String(decoding: self, as: UTF8.self) }

    /// The bytes with A to Z in lower case. Redis compares the names of commands and options in this way.
    var lowercased: Bytes {
        guard contains(where: { (65...90).contains($0) }) else { return self }
        return map { (65...90).contains($0) ? $0 + 32 : $0 }
    }

    /// Whether the bytes equal the word without regard to case. The word must be in lower case.
    func isWord(_ word: String) -> Bool { count == word.utf8.count && lowercased.elementsEqual(word.utf8) }
}

/// Reads and writes numbers as the server does.
enum Numbers {
    /// Reads an integer in its canonical form: no plus, no leading zero, no space. `nil` for other bytes.
    static func integer(_ bytes: some Collection<UInt8>) -> Int64? {
        guard !bytes.isEmpty, bytes.count <= 20 else { return nil }
        let digits = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes[...]
        guard let first = digits.first, (48...57).contains(first) else { return nil }
        if first == 48 { return digits.count == 1 && bytes.count == 1 ? 0 : nil }
        guard digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int64(String(decoding: bytes, as: UTF8.self))
    }

    /// Reads a non-negative integer. Leading zeros are allowed, as in the parts of a stream identifier.
    static func unsigned(_ bytes: some Collection<UInt8>) -> UInt64? {
        guard !bytes.isEmpty, bytes.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return UInt64(String(decoding: bytes, as: UTF8.self))
    }

    /// Reads a score: decimal or hexadecimal, or an infinity. `nil` for other bytes and for "not a number".
    static func score(_ bytes: some Sequence<UInt8>) -> Double? {
        guard let value = Double(String(decoding: Array(bytes), as: UTF8.self)), !value.isNaN else { return nil }
        // The server's small encoding stores an integral score as an integer, which has no negative zero.
        return value == 0 ? 0 : value
    }

    /// Formats a score with 17 significant digits, as a server of version 7.0 does. C formats it in the C locale.
    static func text(of score: Double) -> Bytes {
        if score.isInfinite { return Bytes(score < 0 ? "-inf" : "inf") }
        if score == score.rounded(), abs(score) < 1e15 { return Bytes(String(Int64(score))) }
        var buffer = [CChar](repeating: 0, count: 40)
        let length = withVaList([score]) { vsnprintf(&buffer, buffer.count, "%.17g", $0) }
        return buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }
    }
}

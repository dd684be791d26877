/// The code of a Swift file: the same bytes, with spaces in place of comments and of what stands inside literals.
///
/// Offsets and line breaks stay, so that a place in the code is a place in the file. The quotes of literals stay too.
struct CodeText {
    /// Code alone.
    private(set) var code: [UInt8]

    /// The string literals of one or more lines, without their quotes, as ranges of offsets.
    private(set) var literals: [Range<Int>] = []

    private let source: [UInt8]
    private var position = 0

    /// Reads `text` once. O(length).
    init(_ text: String) {
        source = Array(text.utf8)
        code = source
        readCode(until: nil)
    }

    /// The byte `distance` after the position, or 0 past the end.
    private func byte(_ distance: Int = 0) -> UInt8 {
        position + distance < source.count ? source[position + distance] : 0
    }

    /// Removes `count` bytes from the code; line breaks stay.
    private mutating func blank(_ count: Int) {
        let end = min(position + count, source.count)
        while position < end {
            if source[position] != UInt8(ascii: "\n") { code[position] = UInt8(ascii: " ") }
            position += 1
        }
    }

    /// Reads code up to the end, or to the parenthesis that closes an interpolation.
    private mutating func readCode(until closing: UInt8?) {
        var depth = 0
        while position < source.count {
            switch byte() {
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "/"): readLineComment()
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"): readBlockComment()
            case UInt8(ascii: "/") where startsRegex(): readRegex()
            case UInt8(ascii: "\""): readString(hashes: 0)
            case UInt8(ascii: "#"): readHashes()
            case UInt8(ascii: "("):
                depth += 1
                position += 1
            case UInt8(ascii: ")"):
                if depth == 0, closing != nil { return }
                depth -= 1
                position += 1
            default: position += 1
            }
        }
    }

    private mutating func readLineComment() {
        while position < source.count, byte() != UInt8(ascii: "\n") { blank(1) }
    }

    private mutating func readBlockComment() {
        var depth = 0
        repeat {
            if byte() == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "*") {
                depth += 1
                blank(2)
            } else if byte() == UInt8(ascii: "*"), byte(1) == UInt8(ascii: "/") {
                depth -= 1
                blank(2)
            } else {
                blank(1)
            }
        } while depth > 0 && position < source.count
    }

    /// A slash begins a regular expression where no operand stands before it, if another slash follows on the line.
    private func startsRegex() -> Bool {
        guard ![0, UInt8(ascii: " "), UInt8(ascii: "\n")].contains(byte(1)) else { return false }
        var before = position - 1
        while before >= 0, source[before] == UInt8(ascii: " ") { before -= 1 }
        guard before < 0 || "(,=:[{!&|\n".utf8.contains(source[before]) else { return false }
        var at = position + 1
        while at < source.count, source[at] != UInt8(ascii: "\n") {
            if source[at] == UInt8(ascii: "/"), source[at - 1] != UInt8(ascii: "\\") { return true }
            at += 1
        }
        return false
    }

    private mutating func readRegex() {
        repeat {
            blank(byte() == UInt8(ascii: "\\") ? 2 : 1)
        } while position < source.count && byte() != UInt8(ascii: "/")
        blank(1)
    }

    /// Hashes begin a raw string or an extended regular expression, or belong to a macro or a directive.
    private mutating func readHashes() {
        var hashes = 0
        while byte(hashes) == UInt8(ascii: "#") { hashes += 1 }
        switch byte(hashes) {
        case UInt8(ascii: "\""):
            position += hashes
            readString(hashes: hashes)
        case UInt8(ascii: "/"):
            blank(hashes + 1)
            while position < source.count, !(byte() == UInt8(ascii: "/") && byte(1) == UInt8(ascii: "#")) { blank(1) }
            blank(hashes + 1)
        default: position += hashes
        }
    }

    private func hasHashes(_ hashes: Int, at distance: Int) -> Bool {
        (0..<hashes).allSatisfy { byte(distance + $0) == UInt8(ascii: "#") }
    }

    private mutating func readString(hashes: Int) {
        let quote = UInt8(ascii: "\"")
        let several = byte(1) == quote && byte(2) == quote
        let width = several ? 3 : 1
        position += width
        let start = position
        while position < source.count {
            if byte() == UInt8(ascii: "\\"), hasHashes(hashes, at: 1) {
                if byte(1 + hashes) == UInt8(ascii: "(") {
                    readInterpolation(hashes: hashes)
                } else {
                    blank(2 + hashes)
                }
            } else if byte() == quote, !several || byte(1) == quote && byte(2) == quote, hasHashes(hashes, at: width) {
                literals.append(start..<position)
                position += width + hashes
                return
            } else if byte() == UInt8(ascii: "\n"), !several {
                return
            } else {
                blank(1)
            }
        }
    }

    private mutating func readInterpolation(hashes: Int) {
        let start = position
        position += 2 + hashes
        readCode(until: UInt8(ascii: ")"))
        let end = min(position + 1, source.count)
        position = start
        blank(end - start)
    }
}

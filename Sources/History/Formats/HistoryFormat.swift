/// How a recorded history is written down. `Documentation/HistoryFormats.md` has the grammars.
public enum HistoryFormat: String, Sendable, Hashable, CaseIterable {
    /// A header line and one JSON object a line. The only one that expresses every field of an ``Operation``.
    case jsonLines = "json-lines"
    /// `id client key r|w|cas value call return` a line: reads, writes and compare-and-sets of registers without
    /// versions.
    case registerText = "register-text"
    /// The `history.edn` of a Jepsen test of registers. It can be read, but not written.
    case edn
    /// The log that a Jepsen test of one register prints, an event a line. It can be read, but not written.
    case jepsenLog = "jepsen-log"

    /// The format that text seems to be in, by how it begins.
    /// - Parameter text: begins with the first byte that is not blank.
    /// - Returns: `nil` if it begins like none of them.
    static func detected(in text: UnsafeBufferPointer<UInt8>) -> HistoryFormat? {
        guard let first = text.first else { return nil }
        let second = text.dropFirst().first { $0 > 0x20 && $0 != ASCII.comma }
        switch first {
        case ASCII.openingBrace: return second == ASCII.quote ? .jsonLines : .edn
        case ASCII.openingBracket, ASCII.openingParenthesis, ASCII.semicolon: return .edn
        case ASCII.zero...ASCII.nine, ASCII.minus: return .registerText
        case ASCII.numberSign:
            // `#jepsen.history.Op{…}` and `#_ …` are EDN; every other `#` is a comment of register text.
            return text.dropFirst().starts(with: "jepsen.".utf8) || second == ASCII.underscore ? .edn : .registerText
        default:
            let isLog = JepsenLogParser.levels.contains { text.starts(with: $0.utf8) }
            return isLog ? .jepsenLog : nil
        }
    }
}

/// The bytes that mean something in one of the formats.
enum ASCII {
    static let tab: UInt8 = 0x09
    static let newline: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let quote: UInt8 = 0x22
    static let numberSign: UInt8 = 0x23
    static let openingParenthesis: UInt8 = 0x28
    static let closingParenthesis: UInt8 = 0x29
    static let plus: UInt8 = 0x2B
    static let comma: UInt8 = 0x2C
    static let minus: UInt8 = 0x2D
    static let zero: UInt8 = 0x30
    static let nine: UInt8 = 0x39
    static let colon: UInt8 = 0x3A
    static let semicolon: UInt8 = 0x3B
    static let openingBracket: UInt8 = 0x5B
    static let backslash: UInt8 = 0x5C
    static let closingBracket: UInt8 = 0x5D
    static let underscore: UInt8 = 0x5F
    static let openingBrace: UInt8 = 0x7B
    static let closingBrace: UInt8 = 0x7D
}

/// What a reader has met so far. Nothing is passed over without being counted here.
public struct HistoryCounts: Sendable, Hashable {
    /// All lines, also those of which an operation has several in EDN.
    public var lines = 0
    /// The operations that were delivered.
    public var operations = 0
    /// Blank lines and comments of a format that has an operation a line; 0 in EDN, where they may stand anywhere.
    public var blankLines = 0
    /// Lines that only name keys and sets of tags, and the header.
    public var declarations = 0
    /// Events of the nemesis of Jepsen: they are no reads or writes, and nothing is made of them.
    public var nemesisEvents = 0
    /// Lines, or events, about which there was an error.
    public var malformed = 0

    /// Makes counts that are all 0.
    public init() {}

    /// `12 operations in 26 lines; 2 nemesis operations are no reads or writes`.
    public var summary: String {
        var text = "\(operations) operations in \(lines) lines"
        if nemesisEvents > 0 { text += "; \(nemesisEvents) nemesis operations are no reads or writes" }
        if malformed > 0 { text += "; \(malformed) malformed" }
        return text
    }
}

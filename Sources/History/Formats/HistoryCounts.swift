/// What a reader has met so far. Nothing is passed over without being counted here.
public struct HistoryCounts: Sendable, Hashable {
    /// All lines, also those of which an operation has several in EDN.
    public var lines = 0
    public var operations = 0
    /// Blank lines and comments of a format that has an operation a line; 0 in EDN, where they may stand anywhere.
    public var blankLines = 0
    /// Lines that only name keys and sets of tags, and the header.
    public var declarations = 0
    /// Events of the nemesis of Jepsen: they are no reads or writes, and nothing is made of them.
    public var nemesisEvents = 0
    /// Lines, or events, about which there was an error.
    public var malformed = 0

    public init() {}

    /// `12 operations in 26 lines; 2 nemesis operations are no reads or writes`.
    public var summary: String {
        var text = "\(operations) operations in \(lines) lines"
        if nemesisEvents > 0 { text += "; \(nemesisEvents) nemesis operations are no reads or writes" }
        if malformed > 0 { text += "; \(malformed) malformed" }
        return text
    }
}

/// How far a subscriber has read a stream.
public struct StreamPosition: Sendable, Hashable, Codable {
    /// The last entry that was read.
    public var entry: StreamEntryID
    /// How many entries had been added to the stream up to that one, whether they are still there or not. It makes the
    /// number of entries that were trimmed unread exact.
    public var entriesAdded: Int

    /// A position from its parts.
    public init(entry: StreamEntryID, entriesAdded: Int) {
        self.entry = entry
        self.entriesAdded = entriesAdded
    }

    /// Before everything.
    public static let start = StreamPosition(entry: StreamEntryID(milliseconds: 0, sequence: 0), entriesAdded: 0)
}

/// The identifier of an entry of a stream: `1700000000000-0`.
public struct StreamEntryID: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    public var milliseconds: UInt64
    public var sequence: UInt64

    /// An identifier from its parts.
    public init(milliseconds: UInt64, sequence: UInt64) {
        self.milliseconds = milliseconds
        self.sequence = sequence
    }

    /// - Returns: `nil` for a text that is no identifier.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let milliseconds = UInt64(parts[0]), let sequence = UInt64(parts[1]) else { return nil }
        self.init(milliseconds: milliseconds, sequence: sequence)
    }

    public var description: String { "\(milliseconds)-\(sequence)" }

    public static func < (left: StreamEntryID, right: StreamEntryID) -> Bool {
        (left.milliseconds, left.sequence) < (right.milliseconds, right.sequence)
    }
}

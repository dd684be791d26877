/// The position up to which a subscriber has read a stream.
public struct StreamPosition: Sendable, Hashable, Codable {
    /// The last entry that was read.
    public var entry: StreamEntryID
    /// The number of entries that had been added up to this one, including removed ones. With it the subscriber
    /// counts exactly how many entries were trimmed unread.
    public var entriesAdded: Int

    /// Creates a position.
    public init(entry: StreamEntryID, entriesAdded: Int) {
        self.entry = entry
        self.entriesAdded = entriesAdded
    }

    /// The position before the first entry.
    public static let start = StreamPosition(entry: StreamEntryID(milliseconds: 0, sequence: 0), entriesAdded: 0)
}

/// The identifier of a stream's entry: `1700000000000-0`.
public struct StreamEntryID: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    /// The first part, which the server takes from its clock: milliseconds since the beginning of 1970.
    public var milliseconds: UInt64
    /// The second part, which distinguishes entries of one millisecond.
    public var sequence: UInt64

    /// Creates an identifier from its parts.
    public init(milliseconds: UInt64, sequence: UInt64) {
        self.milliseconds = milliseconds
        self.sequence = sequence
    }

    /// Reads an identifier.
    ///
    /// - Returns: `nil` for a text that is not an identifier.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let milliseconds = UInt64(parts[0]), let sequence = UInt64(parts[1]) else { return nil }
        self.init(milliseconds: milliseconds, sequence: sequence)
    }

    /// The two parts, separated by a hyphen.
    public var description: String { "\(milliseconds)-\(sequence)" }

    public static func < (left: StreamEntryID, right: StreamEntryID) -> Bool {
        (left.milliseconds, left.sequence) < (right.milliseconds, right.sequence)
    }
}

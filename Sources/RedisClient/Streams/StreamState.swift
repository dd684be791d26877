/// The state of a stream in the reply to `XINFO STREAM`.
struct StreamState: Equatable {
    var length: Int
    var entriesAdded: Int
    var last: StreamEntryID

    /// The state of a stream that does not exist.
    static let none = StreamState(length: 0, entriesAdded: 0, last: StreamPosition.start.entry)

    init(length: Int, entriesAdded: Int, last: StreamEntryID) {
        self.length = length
        self.entriesAdded = entriesAdded
        self.last = last
    }

    /// Reads a reply.
    ///
    /// - Returns: `nil` if a field is missing, as with a server before 7.0, or if a value is impossible.
    init?(_ reply: RedisValue) {
        var fields: [String: RedisValue] = [:]
        let elements = reply.elements ?? []
        for index in stride(from: 0, to: elements.count - 1, by: 2) {
            if let name = elements[index].string { fields[name] = elements[index + 1] }
        }
        guard let length = fields["length"]?.integerValue, let added = fields["entries-added"]?.integerValue,
            let last = fields["last-generated-id"]?.string.flatMap({ StreamEntryID($0) })
        else { return nil }
        // No real server reports more entries.
        guard (0...Int64(1) << 62).contains(added), (0...added).contains(length) else { return nil }
        self.init(length: Int(length), entriesAdded: Int(added), last: last)
    }
}

extension StreamPosition {
    /// The change of a stream since a position was valid.
    enum Comparison: Equatable {
        case intact
        /// This number of unread entries was removed.
        case trimmed(Int)
        /// The stream was replaced by another one.
        case replaced
    }

    /// Whether the last read entry must still be in the stream, because the trimming has not reached it.
    func isInside(_ stream: StreamState) -> Bool {
        entriesAdded > stream.entriesAdded - stream.length
    }

    /// Compares the position with the stream, and counts removed entries as read.
    ///
    /// Of `entriesAdded` entries the stream has the last `length`. At least `entriesAdded - length` were therefore
    /// removed. If the position is the last entry, all entries were read.
    mutating func catchUp(with stream: StreamState) -> Comparison {
        if stream.last < entry || stream.entriesAdded < entriesAdded {
            self = .start
            return .replaced
        }
        let gone = stream.last == entry ? stream.entriesAdded : stream.entriesAdded - stream.length
        guard gone > entriesAdded else { return .intact }
        defer { entriesAdded = gone }
        return .trimmed(gone - entriesAdded)
    }
}

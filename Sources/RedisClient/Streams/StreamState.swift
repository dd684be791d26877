/// What `XINFO STREAM` says about where a stream is.
struct StreamState: Equatable {
    var length: Int
    var entriesAdded: Int
    var last: StreamEntryID

    /// A stream that does not exist (yet, or any more).
    static let none = StreamState(length: 0, entriesAdded: 0, last: StreamPosition.start.entry)

    init(length: Int, entriesAdded: Int, last: StreamEntryID) {
        self.length = length
        self.entriesAdded = entriesAdded
        self.last = last
    }

    /// - Returns: `nil` for an answer that lacks something, such as that of a server before 7.0, or says what cannot be.
    init?(_ reply: RedisValue) {
        var fields: [String: RedisValue] = [:]
        let elements = reply.elements ?? []
        for index in stride(from: 0, to: elements.count - 1, by: 2) {
            if let name = elements[index].string { fields[name] = elements[index + 1] }
        }
        guard let length = fields["length"]?.integerValue, let added = fields["entries-added"]?.integerValue,
            let last = fields["last-generated-id"]?.string.flatMap({ StreamEntryID($0) })
        else { return nil }
        // A server that claims more is none.
        guard (0...Int64(1) << 62).contains(added), (0...added).contains(length) else { return nil }
        self.init(length: Int(length), entriesAdded: Int(added), last: last)
    }
}

extension StreamPosition {
    /// What became of the stream since a position was right.
    enum Comparison: Equatable {
        case intact
        /// So many unread entries are gone.
        case trimmed(Int)
        /// It is another stream.
        case replaced
    }

    /// Whether the entry last read must still be in the stream, since it has not been trimmed that far.
    func isInside(_ stream: StreamState) -> Bool {
        entriesAdded > stream.entriesAdded - stream.length
    }

    /// Compares with the stream, and counts what is gone as read.
    ///
    /// Of `entriesAdded` entries the last `length` are left. So at least `entriesAdded - length` have gone by; and for
    /// one who has read the very last, all have.
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

/// The identifier of a stream's entry: milliseconds, and a number within the millisecond.
struct StreamID: Sendable, Hashable, Comparable {
    var time: UInt64
    var sequence: UInt64

    static let zero = StreamID(time: 0, sequence: 0)
    static let last = StreamID(time: .max, sequence: .max)

    static func < (left: StreamID, right: StreamID) -> Bool {
        left.time != right.time ? left.time < right.time : left.sequence < right.sequence
    }

    /// The next identifier; `nil` after the last one.
    var next: StreamID? {
        if sequence < .max { return StreamID(time: time, sequence: sequence + 1) }
        return time < .max ? StreamID(time: time + 1, sequence: 0) : nil
    }

    var previous: StreamID? {
        if sequence > 0 { return StreamID(time: time, sequence: sequence - 1) }
        return time > 0 ? StreamID(time: time - 1, sequence: .max) : nil
    }

    var text: Bytes { Bytes("\(time)-\(sequence)") }

    init(time: UInt64, sequence: UInt64) {
        self.time = time
        self.sequence = sequence
    }

    /// `time-sequence`, or `time` alone with the sequence that is given for that.
    init?(_ bytes: Bytes, missingSequence: UInt64) {
        let parts = bytes.split(separator: UInt8(ascii: "-"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let time = Numbers.unsigned(parts[0]) else { return nil }
        if parts.count == 1 {
            self.init(time: time, sequence: missingSequence)
        } else {
            guard let sequence = Numbers.unsigned(parts[1]) else { return nil }
            self.init(time: time, sequence: sequence)
        }
    }
}

/// A log of entries in the order of their identifiers, and what groups of consumers have read of it.
struct Stream: Sendable, Hashable, StoredCollection {
    struct Entry: Sendable, Hashable {
        var id: StreamID
        /// Names and values by turns.
        var fields: [Bytes]
    }

    /// An entry that a consumer was given and has not acknowledged.
    struct Pending: Sendable, Hashable {
        var consumer: Bytes
        /// Milliseconds.
        var deliveredAt: Int64
        var deliveries: Int64
    }

    struct Group: Sendable, Hashable {
        var lastDelivered: StreamID
        var pending: [StreamID: Pending] = [:]
        var consumers: Set<Bytes> = []

        /// What is pending, in the order of the identifiers, of one consumer or of all. O(n log n).
        func pending(of consumer: Bytes?, from start: StreamID, through end: StreamID) -> [(StreamID, Pending)] {
            pending.filter { id, pending in
                start <= id && id <= end && (consumer == nil || pending.consumer == consumer)
            }.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
        }
    }

    var entries: [Entry] = []
    /// The highest identifier ever added, which outlives its entry.
    var lastID = StreamID.zero
    var groups: [Bytes: Group] = [:]

    init() {}
    init?(_ value: StoredValue) {
        guard case .stream(let stream) = value else { return nil }
        self = stream
    }
    var stored: StoredValue { .stream(self) }
    /// A stream remembers its last identifier and its groups when it has no entries.
    var isVacant: Bool { false }

    /// The entries from `start` through `end`, both included. O(log n) and what is returned.
    func entries(from start: StreamID, through end: StreamID, count: Int? = nil) -> ArraySlice<Entry> {
        let first = index(of: start)
        let found = entries[first...].prefix { $0.id <= end }
        return count.map { found.prefix($0) } ?? found
    }

    func entry(_ id: StreamID) -> Entry? {
        let index = index(of: id)
        return index < entries.count && entries[index].id == id ? entries[index] : nil
    }

    @discardableResult
    mutating func remove(_ id: StreamID) -> Bool {
        let index = index(of: id)
        guard index < entries.count, entries[index].id == id else { return false }
        entries.remove(at: index)
        return true
    }

    /// The place of the first entry that does not come before `id`.
    private func index(of id: StreamID) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

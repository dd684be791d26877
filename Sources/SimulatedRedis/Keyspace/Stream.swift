/// The identifier of a stream's entry: milliseconds, and a number within the millisecond.
struct StreamID: Sendable, Hashable, Comparable {
    var time: UInt64
    var sequence: UInt64

    static let zero = StreamID(time: 0, sequence: 0)
    static let last = StreamID(time: .max, sequence: .max)

    static func < (left: StreamID, right: StreamID) -> Bool {
        left.time != right.time ? left.time < right.time : left.sequence < right.sequence
    }

    /// The next identifier. `nil` after the last one.
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

    /// Reads `time-sequence`, or `time` alone, which takes `missingSequence`.
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

/// A stream: entries in the order of their identifiers, and the state of its consumer groups.
struct Stream: Sendable, Hashable, StoredCollection {
    struct Entry: Sendable, Hashable {
        var id: StreamID
        /// Alternating names and values.
        var fields: [Bytes]
    }

    /// An entry that a consumer has received and not acknowledged.
    struct Pending: Sendable, Hashable {
        var consumer: Bytes
        /// The time of the last delivery in milliseconds since the beginning of 1970.
        var deliveredAt: Int64
        var deliveries: Int64
    }

    struct Group: Sendable, Hashable {
        var lastDelivered: StreamID
        var pending: [StreamID: Pending] = [:]
        var consumers: Set<Bytes> = []

        /// Returns the pending entries of one consumer or of all, in the order of their identifiers. O(n log n).
        func pending(of consumer: Bytes?, from start: StreamID, through end: StreamID) -> [(StreamID, Pending)] {
            pending.filter { id, pending in
                start <= id && id <= end && (consumer == nil || pending.consumer == consumer)
            }.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
        }
    }

    var entries: [Entry] = []
    /// The highest identifier ever added. It remains when its entry is deleted.
    var lastID = StreamID.zero
    var groups: [Bytes: Group] = [:]

    init() {}
    init?(_ value: StoredValue) {
        guard case .stream(let stream) = value else { return nil }
        self = stream
    }
    var stored: StoredValue { .stream(self) }
    /// Always false: an empty stream keeps its last identifier and its groups.
    var isVacant: Bool { false }

    /// Returns the entries from `start` through `end`, both included. O(log n) plus the number of entries returned.
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

    /// The index of the first entry whose identifier is not below `id`.
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

/// The value of a key.
enum StoredValue: Sendable, Hashable {
    case string(Bytes)
    case hash(StoredHash)
    case sortedSet(SortedSet)
    case stream(Stream)

    /// The name of the type in `TYPE` and `SCAN … TYPE`.
    var typeName: String {
        switch self {
        case .string: "string"
        case .hash: "hash"
        case .sortedSet: "zset"
        case .stream: "stream"
        }
    }

    /// The size of the payload in bytes, without the overhead of the real server.
    var size: Int {
        switch self {
        case .string(let bytes): bytes.count
        case .hash(let hash): hash.fields.reduce(0) { $0 + $1.key.count + $1.value.count }
        case .sortedSet(let set): set.scores.reduce(0) { $0 + $1.key.count + 8 }
        case .stream(let stream): stream.entries.reduce(0) { $0 + 16 + $1.fields.reduce(0) { $0 + $1.count } }
        }
    }
}

/// A value and its deadline.
struct StoredKey: Sendable, Hashable {
    var value: StoredValue
    /// The last millisecond, since the beginning of 1970, in which the key exists. `nil` if it does not expire.
    var deadline: Int64?

    func isExpired(at milliseconds: Int64) -> Bool { deadline.map { milliseconds > $0 } ?? false }
}

/// A value with parts that a command changes in place.
protocol StoredCollection {
    init()
    init?(_ value: StoredValue)
    var stored: StoredValue { get }
    /// Whether the server removes the key now that the collection has no parts.
    var isVacant: Bool { get }
}

/// A hash: fields and their values.
struct StoredHash: Sendable, Hashable, StoredCollection {
    var fields: [Bytes: Bytes] = [:]

    init() {}
    init?(_ value: StoredValue) {
        guard case .hash(let hash) = value else { return nil }
        self = hash
    }
    var stored: StoredValue { .hash(self) }
    var isVacant: Bool { fields.isEmpty }
}

/// A sorted set: members and their scores. It stores them unordered, so each range costs O(n log n).
struct SortedSet: Sendable, Hashable, StoredCollection {
    var scores: [Bytes: Double] = [:]

    init() {}
    init?(_ value: StoredValue) {
        guard case .sortedSet(let set) = value else { return nil }
        self = set
    }
    var stored: StoredValue { .sortedSet(self) }
    var isVacant: Bool { scores.isEmpty }

    /// The members by score, and by their bytes for equal scores.
    var ordered: [(member: Bytes, score: Double)] {
        scores.map { (member: $0.key, score: $0.value) }.sorted { left, right in
            left.score != right.score ? left.score < right.score : left.member.lexicographicallyPrecedes(right.member)
        }
    }
}

import RedisClient

/// The maximum amount of data that the server keeps, and which keys it evicts above it.
public struct MemoryLimit: Sendable, Hashable {
    /// Which keys the server evicts. The raw value is the word of `maxmemory-policy`.
    public enum Policy: String, Sendable, Hashable, CaseIterable {
        /// Evicts none. The server refuses commands that could need more memory with `OOM`.
        case noEviction = "noeviction"
        /// Evicts random keys.
        case allKeysRandom = "allkeys-random"
        /// Evicts the keys with the nearest deadlines. Keys without a deadline stay.
        case volatileNearestDeadline = "volatile-ttl"
    }

    /// The maximum number of keys, or nil. The real server has no such limit. It serves tests.
    public var keys: Int?
    /// The maximum size of keys and values in bytes without overhead, or nil. Each check is O(n) in the number of
    /// keys.
    public var bytes: Int?
    /// Which keys the server evicts above the limit.
    public var policy: Policy

    /// Creates a limit. Without arguments the server keeps everything.
    public init(keys: Int? = nil, bytes: Int? = nil, policy: Policy = .noEviction) {
        self.keys = keys
        self.bytes = bytes
        self.policy = policy
    }
}

extension RedisModel {
    /// The size of keys and values in bytes. O(n).
    public var usedBytes: Int { keys.reduce(0) { $0 + $1.key.count + $1.value.value.size } }

    /// Whether the data exceeds the limit. O(n) with a limit in bytes, otherwise O(1).
    public var isFull: Bool {
        let limit = configuration.memory
        return limit.keys.map { keys.count > $0 } ?? false || limit.bytes.map { usedBytes > $0 } ?? false
    }

    /// Evicts keys, by the policy, until the data is within the limit or no key can be evicted.
    ///
    /// The real server does this before each command. Here the caller decides when, and passes the random numbers. A
    /// write to a server that is still full is refused. The keys are ordered by their bytes before each draw, so one
    /// generator always selects the same keys.
    ///
    /// - Parameter random: decides which keys `allKeysRandom` evicts.
    /// - Returns: the messages to clients and replicas. The reply is the list of evicted keys.
    public mutating func evict(using random: inout some RandomNumberGenerator) -> RedisOutcome {
        var evicted: [RedisValue] = []
        if isFull, role == .primary, var candidates = evictionCandidates() {
            while isFull, !candidates.isEmpty {
                let index =
                    configuration.memory.policy == .allKeysRandom
                    ? Int.random(in: candidates.indices, using: &random) : 0
                let key = candidates.remove(at: index)
                removeUnasked(key)
                evicted.append(.bulk(key))
            }
        }
        return endTurn(.array(evicted))
    }

    private func evictionCandidates() -> [Bytes]? {
        switch configuration.memory.policy {
        case .noEviction: nil
        case .allKeysRandom: keys.keys.sorted(by: Self.byBytes)
        case .volatileNearestDeadline:
            keys.compactMap { key, stored in stored.deadline.map { (key, $0) } }
                .sorted { $0.1 != $1.1 ? $0.1 < $1.1 : Self.byBytes($0.0, $1.0) }.map(\.0)
        }
    }
}

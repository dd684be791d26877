import RedisClient

/// How much the server keeps, and what it gives up when that is too much.
public struct MemoryLimit: Sendable, Hashable {
    public enum Policy: String, Sendable, Hashable, CaseIterable {
        /// Commands that could need more are refused with `OOM`.
        case noEviction = "noeviction"
        /// Any key, whichever chance says.
        case allKeysRandom = "allkeys-random"
        /// Of the keys that have a deadline the one that is nearest to it.
        case volatileNearestDeadline = "volatile-ttl"
    }

    /// The most keys; the real server has no such limit, but it is the one a test can count with.
    public var keys: Int?
    /// The most bytes of keys and values, without any overhead. Counting them is linear in the keys.
    public var bytes: Int?
    public var policy: Policy

    public init(keys: Int? = nil, bytes: Int? = nil, policy: Policy = .noEviction) {
        self.keys = keys
        self.bytes = bytes
        self.policy = policy
    }
}

extension RedisModel {
    /// Bytes of keys and values. O(n).
    public var usedBytes: Int { keys.reduce(0) { $0 + $1.key.count + $1.value.value.size } }

    /// Whether more is kept than may be.
    public var isFull: Bool {
        let limit = configuration.memory
        return limit.keys.map { keys.count > $0 } ?? false || limit.bytes.map { usedBytes > $0 } ?? false
    }

    /// Gives up keys, by the policy, until no more is kept than may be or nothing is left to be given up.
    ///
    /// The real server does this before each command. Here the caller says when, and brings the chance; a write that
    /// meets a server that is still full is refused. The order of the draws is that of the keys' bytes, so one
    /// generator always chooses the same keys.
    /// - Returns: what that sends to clients and replicas; its reply is the list of the keys.
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

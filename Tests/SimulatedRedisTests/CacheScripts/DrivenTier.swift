import CacheHierarchy
import Support

/// The events that instances received, each in its order.
private final class Deliveries: Sendable {
    private struct State {
        var counts: [String: Int] = [:]
        var texts: [String] = []
    }

    private let state = Lock(State())

    func append(_ text: String, to instance: String) {
        state.withLock { state in
            state.counts[instance, default: 0] += 1
            state.texts.append("\(instance) heard \(state.counts[instance, default: 0]): \(text)")
        }
    }

    /// Removes and returns the events received since the last call.
    func take() -> [String] {
        state.withLock { state in
            defer { state.texts = [] }
            return state.texts
        }
    }
}

/// A shared tier with the state of its users: which instances have joined, which tokens they got, what they received.
///
/// It describes logical times relative to the first one, because each tier begins at another time.
final class DrivenTier {
    private let tier: any SharedTier
    private let clock: SteppedClock
    private let first: Int64
    private var joined: Set<String> = []
    private var tokens: [String: [FillToken]] = [:]
    private let delivered = Deliveries()

    init(_ tier: any SharedTier, clock: SteppedClock) async throws {
        self.tier = tier
        self.clock = clock
        first = try await tier.logicalTime()
    }

    /// Performs an operation. Returns the answer and the events received meanwhile, in words. The first word is the
    /// kind of answer.
    func perform(_ operation: TierOperation) async throws -> String {
        let answer = try await answer(operation)
        // The tier guarantees an order for each instance, and none between instances.
        return ([answer] + delivered.take().sorted()).joined(separator: "; ")
    }

    private func answer(_ operation: TierOperation) async throws -> String {
        switch operation {
        case .join(let instance):
            // Each instance joins once.
            guard joined.insert(instance).inserted else { return "skipped" }
            let (delivered, first) = (delivered, first)
            try await tier.join(instance, lease: 2_000_000_000) { events in
                for event in events { delivered.append(Self.text(event, since: first), to: instance) }
            }
            return "joined"
        case .renew(let instance, let lease):
            let applied = try await tier.logicalTime()
            let renewal = try await tier.renew(instance, lease: lease * 1_000_000, applied: applied)
            return "renewed, alive \(renewal.wasAlive), at \(renewal.time - first)"
        case .leave(let instance):
            joined.remove(instance)
            await tier.leave(instance)
            return "left"
        case .read(let key): return try await read(key)
        case .readMany(let keys):
            let lookups = try await tier.read(keys)
            return (["read \(lookups.count)"] + zip(keys, lookups).map { text($1, of: $0) }).joined(separator: ", ")
        case .fill(let key, let filling): return try await fill(key, filling)
        case .fillMany(let keys, let fillings): return try await fill(keys, fillings)
        case .announce(let invalidation):
            let announcement = try await tier.announce(invalidation)
            return "announced at \(announcement.time - first) to \(announcement.liveInstances.sorted()),"
                + " lost \(announcement.timeSinceLoss ?? -1)"
        case .acknowledge(let instance, let sender):
            try await tier.acknowledge(try await tier.logicalTime(), by: instance, to: sender)
            return "acknowledged"
        case .inspect(let keys):
            let found = try await tier.inspect(keys).sorted { $0.key < $1.key }
            return (found.isEmpty ? "nothing" : "found ") + found.map { text($0.value) }.joined(separator: ", ")
        case .logicalTime: return "time \(try await tier.logicalTime() - first)"
        case .liveInstances: return "live \(try await tier.liveInstances().instances.sorted())"
        case .pass(let milliseconds):
            clock.advance(milliseconds: milliseconds)
            return "passed"
        }
    }

    private func read(_ key: String) async throws -> String {
        text(try await tier.read(key), of: key)
    }

    /// Remembers the token of a miss.
    private func text(_ lookup: SharedLookup, of key: String) -> String {
        switch lookup {
        case .held: return "held"
        case .hit(let entry, let remaining, _): return "hit \(text(entry)) with \(remaining) ns left"
        case .miss(let token):
            tokens[key, default: []].insert(token, at: 0)
            return "miss at \(token.asOf - first)"
        }
    }

    private func fill(_ key: String, _ filling: TierOperation.Filling) async throws -> String {
        guard let offered = try await entry(of: key, filling) else { return "skipped" }
        let isKept = try await tier.fill(
            offered.entry, token: offered.token, lifetime: filling.lifetime * 1_000_000,
            ignoringFloors: filling.ignoresFloors)
        return isKept ? "kept" : "refused"
    }

    private func fill(_ keys: [String], _ fillings: [TierOperation.Filling]) async throws -> String {
        var fills: [SharedFill] = []
        for (key, filling) in zip(keys, fillings) {
            if let offered = try await entry(of: key, filling) { fills.append(offered) }
        }
        guard let first = fillings.first else { return "skipped" }
        let areKept = try await tier.fill(
            fills, lifetime: first.lifetime * 1_000_000, ignoringFloors: first.ignoresFloors)
        return (["filled \(areKept.count)"] + areKept.map { $0 ? "kept" : "refused" }).joined(separator: ", ")
    }

    /// `nil` if there has been no such token.
    private func entry(of key: String, _ filling: TierOperation.Filling) async throws -> SharedFill? {
        guard let known = tokens[key], filling.token < known.count else { return nil }
        let token = known[filling.token]
        let asOf = filling.isConfirmed ? try await tier.logicalTime() : token.asOf
        let entry = CacheEntry(
            key: key, version: filling.version, value: filling.value, tags: filling.tags, asOf: asOf,
            deadline: filling.isOld ? 1 : .max)
        return SharedFill(entry: entry, token: token)
    }

    /// The text omits the deadline: the remaining lifetime covers it, and an entry from Redis has none.
    private func text(_ entry: CacheEntry) -> String {
        let value = entry.value.map { "\($0.count) bytes" } ?? "no value"
        return "\(entry.key) version \(entry.version) (\(value)) \(entry.tags.sorted()) as of \(entry.asOf - first)"
    }

    private static func text(_ event: SharedTierEvent, since first: Int64) -> String {
        switch event {
        case .invalidation(let stamped): "\(stamped.time - first) \(stamped.invalidation)"
        case .acknowledgement(let instance, let time): "acknowledged by \(instance): \(time - first)"
        case .disconnected: "disconnected"
        case .reconnected: "reconnected"
        case .resumed: "resumed"
        }
    }
}

/// A clock that moves only when a test advances it.
final class SteppedClock: CacheClock {
    private let time = Lock<Int64>(1_700_000_000_000_000_000)
    func now() -> Int64 { time.withLock { $0 } }
    func advance(milliseconds: Int64) { time.withLock { $0 += milliseconds * 1_000_000 } }
    func sleep(nanoseconds: Int64) async throws { throw CancellationError() }
}

public import CacheHierarchy
public import RedisClient
import Support

/// A shared tier whose clock and bus are the storage itself, with entries in Redis if there is one.
///
/// Every change of a record is a row of the ``ChangeLog``, in the record's own transaction. Each process asks for new
/// rows several times a second, and gives them to its instances. So whoever writes, and however he dies, the others
/// hear of it; Redis is not needed for that, and cannot get it wrong.
///
/// An entry in Redis says up to when it was certainly current. It is served only if the log has no later change of
/// its key and tags: a hit costs a look into the log besides the way to Redis. So a Redis that was away, that came
/// back with old data, that evicts or forgets costs hits, and nothing else.
///
/// It knows no acknowledgements: instances use it with `announced` propagation.
public final class StorageTier: SharedTier {
    private typealias Receiver = @Sendable ([SharedTierEvent]) -> Void

    private struct State {
        var receivers: [String: Receiver] = [:]
        var watching: Task<Void, Never>?
    }

    /// The log is as durable as the records: it is never begun anew.
    private static let epoch: Int64 = 1

    private let log: ChangeLog
    private let entries: RedisEntries?
    private let pollInterval: Int64
    private let clock: any CacheClock
    private let state = Lock(State())

    /// Opens the log beside the records.
    /// - Parameters:
    ///   - path: of a ``CacheHierarchy/SQLiteOrigin`` that was opened before.
    ///   - manager: the process's way to Redis; `nil` does without.
    ///   - health: is told whether Redis answers.
    /// - Throws: SQLite's error.
    public convenience init(
        path: String, manager: RedisManager?, health: ProviderHealth, pollInterval: Duration = .milliseconds(10),
        clock: any CacheClock = HostClock()
    ) throws {
        try self.init(
            path: path, manager: manager, health: health, pollInterval: pollInterval, clock: clock, namespace: nil)
    }

    /// - Parameters:
    ///   - namespace: where the entries are in Redis; `nil` for one that the storage names.
    ///   - longestLifetime: of an entry in Redis, in nanoseconds, whatever is declared for it.
    package init(
        path: String, manager: RedisManager?, health: ProviderHealth, pollInterval: Duration = .milliseconds(10),
        clock: any CacheClock = HostClock(), namespace: RedisNamespace?, longestLifetime: Int64 = .max
    ) throws {
        let log = try ChangeLog(path: path)
        self.log = log
        let own = try RedisNamespace("cache-of-\(log.identity)")
        entries = manager.map {
            RedisEntries(
                manager: $0, namespace: namespace ?? own, longestLifetime: longestLifetime, health: health)
        }
        self.pollInterval = Int64(pollInterval / .nanoseconds(1))
        self.clock = clock
    }

    // MARK: Membership

    public func join(
        _ instance: String, lease: Int64, onEvents: @escaping @Sendable ([SharedTierEvent]) -> Void
    ) async throws {
        let time = try await log.time()
        state.withLock { state in
            state.receivers[instance] = onEvents
            if state.watching == nil {
                state.watching = Task(name: "changes of the storage") { [weak self, log, clock, pollInterval] in
                    await Self.watch(log, from: time, every: pollInterval, clock) { self?.deliver($0) }
                }
            }
        }
    }

    public func leave(_ instance: String) async {
        let ended: Task<Void, Never>? = state.withLock { state in
            state.receivers[instance] = nil
            guard state.receivers.isEmpty else { return nil }
            defer { state.watching = nil }
            return state.watching
        }
        ended?.cancel()
        await ended?.value
    }

    /// The storage has answered, so changes can be heard; whoever was not heard is found by the time.
    public func renew(_ instance: String, lease: Int64, applied: Int64) async throws -> Renewal {
        Renewal(wasAlive: true, time: try await log.time(), epoch: Self.epoch)
    }

    private func deliver(_ events: [SharedTierEvent]) {
        for receiver in state.withLock({ $0.receivers }).values { receiver(events) }
    }

    /// Asks for changes until it is cancelled.
    private static func watch(
        _ log: ChangeLog, from start: Int64, every interval: Int64, _ clock: any CacheClock,
        deliver: ([SharedTierEvent]) -> Void
    ) async {
        let limit = 1_000
        var position = start
        var isDeaf = false
        while !Task.isCancelled {
            do {
                let changes = try await log.changes(after: position, limit: limit)
                if isDeaf { deliver([.reconnected]) }
                isDeaf = false
                if let last = changes.last {
                    position = last.time
                    deliver(changes.map { .invalidation(StampedInvalidation($0)) })
                }
                // A full portion has more behind it.
                if changes.count == limit { continue }
            } catch is CancellationError {
                return
            } catch {
                // A storage that does not answer: nothing of one's own may be trusted until it does.
                if !isDeaf { deliver([.disconnected]) }
                isDeaf = true
            }
            do { try await clock.sleep(nanoseconds: interval) } catch { return }
        }
    }

    // MARK: Entries

    public func read(_ key: String) async throws -> SharedLookup {
        guard let entries, let found = await entries.read(key) else {
            return .miss(FillToken(asOf: try await log.time(), epoch: Self.epoch))
        }
        let (isCurrent, time) = try await log.confirm(found.names, since: found.entry.asOf)
        return Self.lookup(isCurrent ? found : nil, at: time)
    }

    /// One pipeline to Redis, and one look into the log. O(keys × tags × log of the length).
    public func read(_ keys: [String]) async throws -> [SharedLookup] {
        guard let entries else {
            let time = try await log.time()
            return keys.map { _ in Self.lookup(nil, at: time) }
        }
        let found = await entries.read(keys)
        let (areCurrent, time) = try await log.confirm(
            found.map { $0.map { ($0.names, $0.entry.asOf) } ?? (names: [], since: 0) })
        return zip(found, areCurrent).map { Self.lookup($1 ? $0 : nil, at: time) }
    }

    /// - Parameter found: what the log has confirmed.
    private static func lookup(_ found: RedisEntries.Found?, at time: Int64) -> SharedLookup {
        guard let found else { return .miss(FillToken(asOf: time, epoch: epoch)) }
        return .hit(found.entry(asOf: time), remaining: found.remaining, epoch: epoch)
    }

    /// - Returns: always that it may be kept further in. Whether Redis has taken it decides nothing: what is in the
    ///   layers inside is judged by what they have heard from the log.
    public func fill(
        _ entry: CacheEntry, token: FillToken, lifetime: Int64, ignoringFloors: Bool
    ) async throws -> Bool {
        await entries?.fill(entry, lifetime: lifetime)
        return true
    }

    /// As for one entry.
    public func fill(_ fills: [SharedFill], lifetime: Int64, ignoringFloors: Bool) async throws -> [Bool] {
        await entries?.fill(fills.map(\.entry), lifetime: lifetime)
        return fills.map { _ in true }
    }

    public func inspect(_ keys: [String]) async throws -> [String: CacheEntry] {
        var found: [String: CacheEntry] = [:]
        // In portions, as they are read when they are needed.
        for start in stride(from: 0, to: keys.count, by: 100) {
            let portion = Array(keys[start..<min(start + 100, keys.count)])
            for (key, lookup) in zip(portion, try await read(portion)) {
                if case .hit(let entry, _, _) = lookup { found[key] = entry }
            }
        }
        return found
    }

    // MARK: Invalidation

    /// Of a write it is the second row: the first was written with the record. It says who did it, so that the instance
    /// need not hear of its own write again.
    public func announce(_ invalidation: Invalidation) async throws -> Announcement {
        let names = invalidation.keys.map { ChangeLog.Name.key($0) } + invalidation.tags.map { .tag($0) }
        let time =
            names.isEmpty ? try await log.time() : try await log.add(names, sender: invalidation.sender)
        return Announcement(time: time, liveInstances: [], epoch: Self.epoch, timeSinceLoss: nil)
    }

    public func acknowledge(_ time: Int64, by instance: String, to sender: String) async throws {}

    public func logicalTime() async throws -> Int64 { try await log.time() }

    /// Those of this process: nobody knows the others.
    public func liveInstances() async throws -> Membership {
        Membership(instances: Set(state.withLock { $0.receivers.keys }), epoch: Self.epoch)
    }
}

extension StampedInvalidation {
    fileprivate init(_ change: ChangeLog.Change) {
        let (keys, tags) =
            switch change.name {
            case .key(let key): ([key], [String]())
            case .tag(let tag): ([String](), [tag])
            }
        self.init(
            time: change.time,
            invalidation: Invalidation(keys: keys, tags: tags, sender: change.sender, wantsAcknowledgement: false))
    }
}

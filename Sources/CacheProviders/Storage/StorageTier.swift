public import CacheHierarchy
public import RedisClient
import Support

/// A shared tier whose clock and bus are the storage itself, with entries in Redis if there is one.
///
/// Every change of a record is a row of the ``ChangeLog``, written in the record's transaction. Each process reads
/// new rows several times a second and passes them to its instances. Other processes therefore learn of every write,
/// even if the writer crashes. Redis is not part of this and cannot disturb it.
///
/// An entry in Redis has the time up to which it was certainly current. It is served only if the log has no later
/// change of its key and tags. A hit therefore costs a read of the log in addition to the read from Redis. A Redis
/// that was away, restarted with old data, or evicted entries costs hits and has no other effect.
///
/// The tier has no acknowledgements: instances use it with `announced` propagation.
public final class StorageTier: SharedTier {
    private typealias Receiver = @Sendable ([SharedTierEvent]) -> Void

    private struct State {
        var receivers: [String: Receiver] = [:]
        var watching: Task<Void, Never>?
    }

    /// The log is as durable as the records, so its epoch never changes.
    private static let epoch: Int64 = 1

    private let log: ChangeLog
    private let entries: RedisEntries?
    private let pollInterval: Int64
    private let clock: any CacheClock
    private let state = Lock(State())

    /// Opens the log of a storage.
    ///
    /// - Parameters:
    ///   - path: the file of a ``CacheHierarchy/SQLiteOrigin`` that is open.
    ///   - manager: the manager of the process for Redis. `nil` for a tier without Redis.
    ///   - health: informed whether Redis answers.
    /// - Throws: SQLite's error.
    public convenience init(
        path: String, manager: RedisManager?, health: ProviderHealth, pollInterval: Duration = .milliseconds(10),
        clock: any CacheClock = HostClock()
    ) throws {
        try self.init(
            path: path, manager: manager, health: health, pollInterval: pollInterval, clock: clock, namespace: nil)
    }

    /// - Parameters:
    ///   - namespace: the keys of the entries in Redis. `nil` for the namespace of the storage.
    ///   - longestLifetime: the maximum lifetime of an entry in Redis in nanoseconds.
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

    /// Starts to deliver the changes of the log to an instance.
    ///
    /// - Throws: SQLite's error.
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

    /// Ends the deliveries to an instance.
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

    /// Renews the lease of an instance: the storage has answered, so the instance can read changes. The times show
    /// whether it missed one.
    ///
    /// - Throws: SQLite's error.
    public func renew(_ instance: String, lease: Int64, applied: Int64) async throws -> Renewal {
        Renewal(wasAlive: true, time: try await log.time(), epoch: Self.epoch)
    }

    private func deliver(_ events: [SharedTierEvent]) {
        for receiver in state.withLock({ $0.receivers }).values { receiver(events) }
    }

    /// Reads changes until it is cancelled.
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
                // After a full portion there may be more changes.
                if changes.count == limit { continue }
            } catch is CancellationError {
                return
            } catch {
                // While the storage does not answer, the instance must not trust its own entries.
                if !isDeaf { deliver([.disconnected]) }
                isDeaf = true
            }
            do { try await clock.sleep(nanoseconds: interval) } catch { return }
        }
    }

    // MARK: Entries

    /// Reads an entry from Redis and confirms it by the log.
    ///
    /// - Throws: SQLite's error.
    public func read(_ key: String) async throws -> SharedLookup {
        guard let entries, let found = await entries.read(key) else {
            return .miss(FillToken(asOf: try await log.time(), epoch: Self.epoch))
        }
        let (isCurrent, time) = try await log.confirm(found.names, since: found.entry.asOf)
        return Self.lookup(isCurrent ? found : nil, at: time)
    }

    /// Reads several keys with one pipeline, and confirms them with one transaction. O(keys × tags × log of the
    /// length).
    ///
    /// - Throws: SQLite's error.
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

    /// - Parameter found: the entry that the log has confirmed, or `nil`.
    private static func lookup(_ found: RedisEntries.Found?, at time: Int64) -> SharedLookup {
        guard let found else { return .miss(FillToken(asOf: time, epoch: epoch)) }
        return .hit(found.entry(asOf: time), remaining: found.remaining, epoch: epoch)
    }

    /// Stores an entry in Redis.
    ///
    /// - Returns: always true: the inner layers may keep the entry, whether Redis stored it or not. They validate it
    ///   by the changes that they received from the log.
    public func fill(
        _ entry: CacheEntry, token: FillToken, lifetime: Int64, ignoringFloors: Bool
    ) async throws -> Bool {
        await entries?.fill(entry, lifetime: lifetime)
        return true
    }

    /// Stores several entries in Redis with one pipeline. As for one entry.
    public func fill(_ fills: [SharedFill], lifetime: Int64, ignoringFloors: Bool) async throws -> [Bool] {
        await entries?.fill(fills.map(\.entry), lifetime: lifetime)
        return fills.map { _ in true }
    }

    /// Returns the entries that Redis has for these keys. Without Redis there are none.
    public func inspect(_ keys: [String]) async throws -> [String: CacheEntry] {
        var found: [String: CacheEntry] = [:]
        // In portions, as for reads.
        for start in stride(from: 0, to: keys.count, by: 100) {
            let portion = Array(keys[start..<min(start + 100, keys.count)])
            for (key, lookup) in zip(portion, try await read(portion)) {
                if case .hit(let entry, _, _) = lookup { found[key] = entry }
            }
        }
        return found
    }

    // MARK: Invalidation

    /// Adds an announcement to the log.
    ///
    /// For a write it is the second row: the first was written with the record. It has the sender, so that the sender
    /// does not receive its own write again.
    ///
    /// - Throws: SQLite's error.
    public func announce(_ invalidation: Invalidation) async throws -> Announcement {
        let names = invalidation.keys.map { ChangeLog.Name.key($0) } + invalidation.tags.map { .tag($0) }
        let time =
            names.isEmpty ? try await log.time() : try await log.add(names, sender: invalidation.sender)
        return Announcement(time: time, liveInstances: [], epoch: Self.epoch, timeSinceLoss: nil)
    }

    /// Does nothing: the tier has no acknowledgements.
    public func acknowledge(_ time: Int64, by instance: String, to sender: String) async throws {}

    /// Returns the time of the newest change.
    ///
    /// - Throws: SQLite's error.
    public func logicalTime() async throws -> Int64 { try await log.time() }

    /// Returns the instances of this process. The tier does not know the others.
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

import CacheHierarchy
import RedisClient

/// Entries in Redis, by way of the process's one manager. Never throws: without an answer there is no entry, and the
/// provider's health is told.
struct RedisEntries: Sendable {
    /// An entry that may have been overtaken since.
    struct Found: Sendable {
        /// Current as of the time it was loaded.
        let entry: CacheEntry
        /// Nanoseconds.
        let remaining: Int64

        /// Whose changes concern it.
        var names: [ChangeLog.Name] { [.key(entry.key)] + entry.tags.map { .tag($0) } }

        func entry(asOf time: Int64) -> CacheEntry {
            CacheEntry(
                key: entry.key, version: entry.version, value: entry.value, tags: entry.tags, asOf: time,
                deadline: entry.deadline)
        }
    }

    private let context: RedisContext
    private let health: ProviderHealth

    /// - Parameter storage: keeps apart what belongs to different storages.
    init(manager: RedisManager, storage: String, health: ProviderHealth) {
        context = manager.context("cache-of-\(storage)")
        self.health = health
    }

    func read(_ key: String) async -> Found? {
        let name = context.key(key)
        do {
            // The lifetime is asked for after the value, so it is rather too short than too long.
            let replies = try await context.manager.pipeline([
                RedisCommand(arguments: ["GET", name]), RedisCommand(arguments: ["PTTL", name]),
            ])
            health.redisAnswered()
            guard replies.count == 2, let bytes = replies[0].bytes, let remaining = replies[1].integerValue,
                remaining > 0,
                let entry = EntryRecord.decode(bytes, key: key)
            else { return nil }
            return Found(entry: entry, remaining: Int64(remaining) * 1_000_000)
        } catch {
            failed(error)
            return nil
        }
    }

    /// - Parameter lifetime: nanoseconds.
    func fill(_ entry: CacheEntry, lifetime: Int64) async {
        do {
            try await context.set(entry.key, to: EntryRecord.encode(entry), lifetime: .nanoseconds(lifetime))
            health.redisAnswered()
        } catch {
            failed(error)
        }
    }

    private func failed(_ error: any Error) {
        // Whoever gave up himself has learnt nothing about the server.
        if (error as? RedisError)?.code == .cancelled || error is CancellationError { return }
        let manager = context.manager
        health.redisFailed(error) { _ = try await manager.send(RedisCommand("PING")) }
    }
}

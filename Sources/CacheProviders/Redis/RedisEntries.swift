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

    private let manager: RedisManager
    private let namespace: RedisNamespace
    private let longestLifetime: Int64
    private let health: ProviderHealth

    /// - Parameters:
    ///   - namespace: keeps apart what belongs to different storages.
    ///   - longestLifetime: of an entry at the server, in nanoseconds, whatever is declared for it.
    init(manager: RedisManager, namespace: RedisNamespace, longestLifetime: Int64, health: ProviderHealth) {
        self.manager = manager
        self.namespace = namespace
        self.longestLifetime = longestLifetime
        self.health = health
    }

    private func name(of key: String) -> RedisArgument { .string("\(namespace.root):e:\(key)") }

    func read(_ key: String) async -> Found? {
        await read([key])[0]
    }

    /// The same for several keys, in their order.
    func read(_ keys: [String]) async -> [Found?] {
        do {
            // The lifetime is asked for after the value, so it is rather too short than too long.
            let replies = try await manager.pipeline(
                keys.flatMap { key in
                    let name = name(of: key)
                    return [RedisCommand(arguments: ["GET", name]), RedisCommand(arguments: ["PTTL", name])]
                })
            health.redisAnswered()
            guard replies.count == 2 * keys.count else { return keys.map { _ in nil } }
            return keys.enumerated().map { place, key in
                guard let bytes = replies[2 * place].bytes, let remaining = replies[2 * place + 1].integerValue,
                    remaining > 0, let entry = EntryRecord.decode(bytes, key: key)
                else { return nil }
                return Found(entry: entry, remaining: Self.nanoseconds(remaining))
            }
        } catch {
            failed(error)
            return keys.map { _ in nil }
        }
    }

    /// - Parameter lifetime: nanoseconds.
    func fill(_ entry: CacheEntry, lifetime: Int64) async {
        do {
            _ = try await manager.send(filling(entry, lifetime: lifetime))
            health.redisAnswered()
        } catch {
            failed(error)
        }
    }

    /// The same for several entries.
    func fill(_ entries: [CacheEntry], lifetime: Int64) async {
        do {
            _ = try await manager.pipeline(entries.map { filling($0, lifetime: lifetime) })
            health.redisAnswered()
        } catch {
            failed(error)
        }
    }

    /// Set and bounded in one step: who dies in between leaves nothing that stays.
    private func filling(_ entry: CacheEntry, lifetime: Int64) -> RedisCommand {
        let milliseconds = max(1, min(lifetime, longestLifetime) / 1_000_000)
        return RedisCommand(arguments: [
            "SET", name(of: entry.key), .bytes(EntryRecord.encode(entry)), "PX", .integer(Int(milliseconds)),
        ])
    }

    /// What a server says is too much for a deadline is as long as one can be.
    private static func nanoseconds(_ milliseconds: Int64) -> Int64 {
        min(milliseconds, longest / 1_000_000) * 1_000_000
    }
    private static let longest: Int64 = 1 << 62

    private func failed(_ error: any Error) {
        // Whoever gave up himself has learnt nothing about the server.
        if (error as? RedisError)?.code == .cancelled || error is CancellationError { return }
        let manager = manager
        health.redisFailed(error) { _ = try await manager.send(RedisCommand("PING")) }
    }
}

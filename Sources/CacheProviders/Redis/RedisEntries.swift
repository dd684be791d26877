import CacheHierarchy
import RedisClient

/// Reads and writes entries in Redis through the manager of the process. It never throws: without an answer there is
/// no entry, and the provider's health is informed.
struct RedisEntries: Sendable {
    /// An entry from Redis. It may be stale.
    struct Found: Sendable {
        /// The entry, current as of the time at which it was loaded.
        let entry: CacheEntry
        /// The remaining lifetime in nanoseconds.
        let remaining: Int64

        /// The names whose changes affect the entry.
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
    ///   - manager: the manager of the process.
    ///   - namespace: separates the entries of different storages.
    ///   - longestLifetime: the maximum lifetime of an entry at the server in nanoseconds.
    ///   - health: informed whether Redis answers.
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

    /// Reads several keys with one pipeline. The results have the order of the keys.
    func read(_ keys: [String]) async -> [Found?] {
        do {
            // The lifetime is read after the value, so it is rather too short than too long.
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

    /// Writes several entries with one pipeline.
    func fill(_ entries: [CacheEntry], lifetime: Int64) async {
        do {
            _ = try await manager.pipeline(entries.map { filling($0, lifetime: lifetime) })
            health.redisAnswered()
        } catch {
            failed(error)
        }
    }

    /// The command sets the value and its lifetime in one step, so a process that dies leaves no permanent key.
    private func filling(_ entry: CacheEntry, lifetime: Int64) -> RedisCommand {
        let milliseconds = max(1, min(lifetime, longestLifetime) / 1_000_000)
        return RedisCommand(arguments: [
            "SET", name(of: entry.key), .bytes(EntryRecord.encode(entry)), "PX", .integer(Int(milliseconds)),
        ])
    }

    /// Converts to nanoseconds. A deadline beyond the range becomes the longest one.
    private static func nanoseconds(_ milliseconds: Int64) -> Int64 {
        min(milliseconds, longest / 1_000_000) * 1_000_000
    }
    private static let longest: Int64 = 1 << 62

    private func failed(_ error: any Error) {
        // A cancelled call says nothing about the server.
        if (error as? RedisError)?.code == .cancelled || error is CancellationError { return }
        let manager = manager
        health.redisFailed(error) { _ = try await manager.send(RedisCommand("PING")) }
    }
}

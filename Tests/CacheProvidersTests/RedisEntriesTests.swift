import CacheHierarchy
import History
import RedisClient
import TestSupport
import Testing

@testable import CacheProviders

@Suite("Entries of providers in Redis", .timeLimit(.minutes(5)))
struct RedisEntriesTests {
    private static func with(
        longest: Int64, _ body: (RedisEntries, RedisManager) async throws -> Void
    ) async throws {
        try await Rig.with { rig in
            try await rig.withRedis {
                let manager = try RedisManager.shared(try RedisConfiguration(url: rig.url))
                try await eventually("the server answers") {
                    (try? await manager.send(RedisCommand("PING"))) != nil
                }
                let health = ProviderHealth(.redis)
                try await body(
                    RedisEntries(
                        manager: manager, namespace: try RedisNamespace("p"), longestLifetime: longest,
                        health: health), manager)
                health.close()
                await manager.close()
            }
        }
    }

    private static let entry = CacheEntry(key: "k", version: 1, value: [1], tags: [], asOf: 1, deadline: .max)

    @Test(
        "An impossible time to live becomes the longest one",
        arguments: ["9223372036", "9223372036854", "9223372036855", "9000000000000000000"])
    func lifetimes(milliseconds: String) async throws {
        try await Self.with(longest: .max) { entries, manager in
            await entries.fill(Self.entry, lifetime: 1_000_000_000)
            let set = try await manager.send(RedisCommand("PEXPIRE", "coherence:1:p:e:k", milliseconds))
            #expect(set.integerValue == 1)
            let found = try #require(await entries.read("k"))
            #expect(found.remaining > 0 && found.remaining <= 1 << 62)
        }
    }

    @Test("On a guest's server no entry outlives the bound, whatever lifetime is declared")
    func bound() async throws {
        try await Self.with(longest: 5_000_000_000) { entries, manager in
            await entries.fill(Self.entry, lifetime: .max)
            let left = try await manager.send(RedisCommand("PTTL", "coherence:1:p:e:k")).integerValue ?? -9
            #expect((1...5_000).contains(left))
        }
    }
}

import CacheHierarchy
import RedisClient
import SimulatedRedis
import SimulatedSharedTier
import TestSupport
import Testing

@Suite("The keys of a guest expire by themselves", .computing)
struct KeyLifetimeTests {
    private static let most: Int64 = 5_000

    private static func tier(
        _ bus: InvalidationBus, lifetime: Int64? = most * 1_000_000
    ) throws -> (RedisSharedTier, ModelRedisService, SteppedClock) {
        let clock = SteppedClock()
        let service = ModelRedisService(clock: clock)
        let configuration = RedisSharedTier.Configuration(
            namespace: try RedisNamespace("g"), holdLifetime: 1_000_000_000, dataLifetime: lifetime, bus: bus)
        return (RedisSharedTier(configuration, service: service), service, clock)
    }

    /// The keys without a bounded lifetime, each with its time to live in milliseconds.
    private static func overdue(_ service: ModelRedisService) async throws -> [String] {
        var found: [String] = []
        for name in service.model.keyNames {
            let left = try await service.send(RedisCommand(arguments: ["PTTL", .bytes(name)])).integerValue ?? -1
            // The model keeps an expired key until a command reads it. -2 means that the key does not exist.
            if left == -1 || left > most { found.append("\(String(decoding: name, as: UTF8.self)): \(left)") }
        }
        return found
    }

    @Test(
        "After every step every key has a bounded time to live",
        arguments: [InvalidationBus.pubSub, .streams(length: 10)])
    func everyStep(bus: InvalidationBus) async throws {
        var steps = 0
        for seed in 0..<20 as Range<UInt64> {
            let (tier, service, clock) = try Self.tier(bus)
            let driven = try await DrivenTier(tier, clock: clock)
            var generator = TierOperationGenerator(seed: seed)
            for operation in generator.operations(300) {
                _ = try await driven.perform(operation)
                let overdue = try await Self.overdue(service)
                try #require(overdue.isEmpty, "after \(operation): \(overdue)")
                steps += service.model.keyNames.isEmpty ? 0 : 1
            }
        }
        #expect(steps > 3_000)
    }

    @Test("Without a bound keys stay, and the examination finds them")
    func unbounded() async throws {
        let (tier, service, _) = try Self.tier(.streams(length: 10), lifetime: nil)
        _ = try await tier.announce(Invalidation(keys: ["k"], tags: [], sender: "i", wantsAcknowledgement: false))
        #expect(try await Self.overdue(service).count == 4)
    }

    @Test("An entry keeps its declared deadline as data, expires by the bound, and is a miss afterwards")
    func entries() async throws {
        let (tier, service, clock) = try Self.tier(.pubSub)
        func read() async throws -> SharedLookup { try await tier.read("k") }
        guard case .miss(let token) = try await read() else { throw NeverHappened(description: "no miss") }
        let entry = CacheEntry(key: "k", version: 1, value: [1], tags: ["t"], asOf: token.asOf, deadline: .max)
        let tenYears: Int64 = 315_360_000_000_000_000
        #expect(try await tier.fill(entry, token: token, lifetime: tenYears, ignoringFloors: false))
        #expect(try await Self.overdue(service).isEmpty)
        clock.advance(milliseconds: 1_000)
        guard case .hit(let found, let remaining, _) = try await read() else {
            throw NeverHappened(description: "no hit")
        }
        #expect(found.tags == ["t"] && remaining == tenYears - 1_000_000_000)
        // The heartbeat keeps the state, and not the entry.
        _ = try await tier.renew("i", lease: 1_000_000_000, applied: 0)
        clock.advance(milliseconds: Self.most - 999)
        guard case .miss(let later) = try await read() else { throw NeverHappened(description: "still a hit") }
        #expect(later.epoch == token.epoch)
        // Without heartbeats all keys expire, and the next instance learns of a loss.
        clock.advance(milliseconds: Self.most + 1)
        let first = try #require(service.model.keyNames.first)
        #expect(try await service.send(RedisCommand(arguments: ["EXISTS", .bytes(first)])).integerValue == 0)
        let announcement = try await tier.announce(
            Invalidation(keys: ["k"], tags: [], sender: "i", wantsAcknowledgement: false))
        #expect(announcement.epoch > token.epoch && announcement.timeSinceLoss == 0)
    }

    @Test("No write intent outlives the bound, and the bound outlives every write intent")
    func holds() async throws {
        let (tier, _, clock) = try Self.tier(.pubSub, lifetime: 1_000_000)
        _ = try await tier.announce(
            Invalidation(action: .hold("h"), keys: ["k"], sender: "i", wantsAcknowledgement: false))
        clock.advance(milliseconds: 900)
        guard case .held = try await tier.read("k") else { throw NeverHappened(description: "the hold is gone") }
    }
}

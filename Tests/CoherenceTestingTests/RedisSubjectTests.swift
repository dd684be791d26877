import CoherenceTesting
import RedisClient
import Testing

@Suite("A Swift cache in Redis", .serialized)
struct RedisSubjectTests {
    /// Keeps values in Redis. A reader that has loaded before a write puts back what the write has dropped.
    struct HastyRedisCache: CacheSubject {
        let profile = SubjectProfile("HastyRedisCache", layers: [.redis], promises: .acknowledged)
        private let redis: RedisPool
        private let origin: SystemOfRecord
        private let namespace: String

        init(_ surroundings: CacheSurroundings) throws {
            redis = RedisPool(try RedisConfiguration(url: surroundings.redisURL ?? ""))
            origin = surroundings.origin
            namespace = surroundings.namespace
        }

        func read(_ key: String) async throws -> SubjectRead {
            if let bytes = try await redis.send(RedisCommand("GET", namespace + key)).bytes,
                let value = SubjectValue(utf8: bytes)
            {
                return .found(value)
            }
            guard let value = try await origin.load(key) else { return .nothing }
            _ = try await redis.send(RedisCommand("SET", namespace + key, value.text))
            return .found(value)
        }

        func write(_ key: String, _ value: SubjectValue) async throws {
            try await origin.commit(key, value)
            _ = try await redis.send(RedisCommand("DEL", namespace + key))
        }

        func stop() async { await redis.close() }
    }

    @Test("Instances share the Redis of the run, and a stale entry in it is seen")
    func stale() async throws {
        let scenario = ScenarioFile("Scenarios/redis.yaml")
        let issues = try await CollectedIssue.all { try await scenario.run(on: HastyRedisCache.init, seed: 1) }
        let issue = try #require(issues.first)
        #expect(issue.comment.hasPrefix("violation of fresh-after-invalidation"))
        #expect(issue.comment.contains(" from redis: version "))
    }

    /// Asks Redis at each read and tells whether it answered; keeps nothing.
    struct AskingCache: CacheSubject {
        let profile = SubjectProfile("AskingCache", layers: [.redis], promises: .acknowledged)
        private let redis: RedisPool
        private let surroundings: CacheSurroundings
        private let refusals: Counter

        init(_ surroundings: CacheSurroundings, refusals: Counter) throws {
            var configuration = try RedisConfiguration(url: surroundings.redisURL ?? "")
            configuration.connectTimeout = .milliseconds(50)
            configuration.commandTimeout = .milliseconds(50)
            redis = RedisPool(configuration)
            self.surroundings = surroundings
            self.refusals = refusals
        }

        func read(_ key: String) async throws -> SubjectRead {
            do {
                _ = try await redis.send(RedisCommand("PING"))
            } catch {
                refusals.add(surroundings.instance)
            }
            return SubjectRead(try await surroundings.origin.load(key))
        }

        func write(_ key: String, _ value: SubjectValue) async throws {
            try await surroundings.origin.commit(key, value)
        }

        func stop() async { await redis.close() }
    }

    @Test("A partition is felt by the instance that it is declared for")
    func partition() async throws {
        let refusals = Counter()
        let make: @Sendable (CacheSurroundings) throws -> AskingCache = {
            try AskingCache($0, refusals: refusals)
        }
        try await ScenarioFile("Scenarios/partition.yaml").run(on: make)
        #expect(refusals.all.contains(0))
    }
}

import CacheHierarchy
import SimulatedRedis
import SimulatedSharedTier
import TestSupport
import Testing

/// The first operation with different results.
private struct Disagreement: Error, CustomStringConvertible {
    let operations: [TierOperation]
    let local: String
    let redis: String

    var description: String {
        let lines = operations.enumerated().map { "  \($0 + 1). \($1)" }.joined(separator: "\n")
        return "the tiers disagree:\n\(lines)\n  local: \(local)\n  redis: \(redis)"
    }
}

@Suite("The shared tier of the simulated world behaves as the one for Redis", .computing)
struct TierDifferentialTests {
    /// 60 × 2,000 = 120,000 operations.
    @Test("Random operations get the same answers, and instances receive the same events")
    func randomOperations() async throws {
        var kinds: [String: Int] = [:]
        for seed in 0..<60 as Range<UInt64> {
            var generator = TierOperationGenerator(seed: seed)
            let operations = generator.operations(2_000)
            do {
                for answer in try await Self.compare(operations) {
                    for part in answer.split(separator: "; ") { kinds[Self.kind(of: part), default: 0] += 1 }
                }
            } catch let disagreement as Disagreement {
                throw try await Self.shortest(disagreement)
            }
        }
        // A comparison that met only refusals would prove nothing.
        for kind in [
            "hit", "miss", "held", "kept", "refused", "announced", "renewed", "live", "found", "nothing", "heard",
            "read", "filled",
        ] {
            #expect(kinds[kind] ?? 0 >= 1_000, "hardly ever: \(kind)")
        }
        #expect(kinds["acknowledgement heard"] ?? 0 >= 500)
    }

    private static func kind(of part: Substring) -> String {
        guard part.contains(" heard ") else { return String(part.prefix { $0.isLetter }) }
        return part.contains(": acknowledged by ") ? "acknowledgement heard" : "heard"
    }

    /// - Returns: the common answers, operation by operation.
    /// - Throws: ``Disagreement``.
    private static func compare(_ operations: [TierOperation]) async throws -> [String] {
        let (localClock, redisClock) = (SteppedClock(), SteppedClock())
        let local = try await DrivenTier(LocalSharedTier(clock: localClock), clock: localClock)
        let redis = try await DrivenTier(
            RedisSharedTier(
                RedisSharedTier.Configuration(namespace: try! RedisNamespace("p")),
                service: ModelRedisService(clock: redisClock)),
            clock: redisClock)
        var answers: [String] = []
        for (number, operation) in operations.enumerated() {
            let (ours, theirs) = (try await local.perform(operation), try await redis.perform(operation))
            guard ours == theirs else {
                throw Disagreement(operations: Array(operations[...number]), local: ours, redis: theirs)
            }
            answers.append(ours)
        }
        return answers
    }

    /// Shrinks the sequence: removes smaller and smaller parts while the rest still gives different results.
    private static func shortest(_ found: Disagreement) async throws -> Disagreement {
        var shortest = found
        var part = max(1, found.operations.count / 2)
        while true {
            var start = 0
            var isShorter = false
            while start < shortest.operations.count {
                var rest = shortest.operations
                rest.removeSubrange(start..<min(start + part, rest.count))
                do {
                    _ = try await compare(rest)
                    start += part
                } catch let smaller as Disagreement {
                    shortest = smaller
                    isShorter = true
                }
            }
            if part == 1, !isShorter { return shortest }
            part = max(1, part / 2)
        }
    }
}

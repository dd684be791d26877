import History
import RedisClient
import Simulation
import Support
import TestSupport
import Testing

@testable import CacheHierarchy

/// A Redis that answers scripts with whatever it likes.
private final class HostileService: RedisService {
    private let random: Lock<SeededRandom>
    private let tell = Lock<(@Sendable ([RedisMessage]) -> Void)?>(nil)

    init(seed: UInt64) { random = Lock(SeededRandom(seed: seed)) }

    static let numbers: [Int64] = [
        .min, .min + 1, -1 << 62, -1_000_000, -1, 0, 1, 5, 1_800_000_000_000_000, 9_223_372_036_854, 9_223_372_036_855,
        1 << 62, (1 << 62) + 1, .max - 1, .max,
    ]

    private func number(_ random: inout SeededRandom) -> RedisValue {
        let number = Self.numbers[Int.random(in: Self.numbers.indices, using: &random)]
        return switch Int.random(in: 0..<6, using: &random) {
        case 0: .integer(number)
        case 1: .bulk(Array("99999999999999999999999".utf8))
        case 2: Bool.random(using: &random) ? .null : .error("ERR no")
        default: .bulk(Array("\(number)".utf8))
        }
    }

    private func answer(to script: RedisScript) -> RedisValue {
        random.withLock { random in
            switch script.name {
            case "logical time": return number(&random)
            case "read", "inspect":
                let word = ["hit", "hit", "miss", "held", "no"][Int.random(in: 0..<5, using: &random)]
                let lookup = RedisValue.array(
                    [number(&random), number(&random), .bulk(Array(word.utf8)), number(&random), number(&random)]
                        + [.bulk([1]), .bulk([2])])
                return script.name == "read" ? lookup : .array([lookup])
            default: return .array((0..<3).map { _ in number(&random) })
            }
        }
    }

    func send(_ command: RedisCommand) async throws -> RedisValue { random.withLock { number(&$0) } }
    func run(_ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument]) async throws -> RedisValue {
        answer(to: script)
    }
    func runTellingServer(
        _ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument]
    ) async throws -> RedisValue { answer(to: script) }

    private struct Subscription: RedisSubscription { func close() async {} }

    func subscribe(
        to channels: [String], name: String, onStateChange: @escaping @Sendable (RedisSubscriber.State) -> Void,
        onMessages: @escaping @Sendable ([RedisMessage]) -> Void
    ) async throws -> any RedisSubscription {
        tell.withLock { $0 = onMessages }
        return Subscription()
    }
    func follow(
        _ stream: String, name: String, onNotice: @escaping @Sendable (StreamNotice) -> Void,
        onEntries: @escaping @Sendable ([[UInt8]]) -> Void
    ) async throws -> any RedisSubscription { Subscription() }

    /// Announces something at every time, and has it acknowledged.
    func announceAll(on channel: String, acknowledgements: String) {
        let invalidation = Invalidation(
            action: .drop, keys: ["k"], tags: ["t"], sender: "other", wantsAcknowledgement: true)
        for number in Self.numbers.shuffled() {
            let body = Array("\(number) ".utf8) + invalidation.encoded()
            tell.withLock { $0 }?([
                RedisMessage(channel: channel, content: .bulk(body)),
                RedisMessage(channel: acknowledgements, content: .bulk(Array("\(number) other".utf8))),
            ])
        }
    }
}

@Suite("Numbers in replies of a hostile Redis")
struct HostileRepliesTests {
    @Test("Every number in every reply is a value in its bounds or an error, and never a trap")
    func replies() async throws {
        var answered = 0
        var refused = 0
        for seed in 0..<400 as Range<UInt64> {
            let tier = RedisSharedTier(
                RedisSharedTier.Configuration(namespace: try RedisNamespace("p")),
                service: HostileService(seed: seed))
            let bounds = 0...Int64(1) << 62
            func attempt(_ body: () async throws -> [Int64]) async {
                do {
                    let times = try await body()
                    #expect(times.allSatisfy(bounds.contains), "\(times)")
                    answered += 1
                } catch is RedisError {
                    refused += 1
                } catch {
                    Issue.record("\(error)")
                }
            }
            await attempt { [try await tier.logicalTime()] }
            await attempt { [try await tier.liveInstances().epoch] }
            await attempt {
                let renewal = try await tier.renew("i", lease: 1_000_000_000, applied: 1)
                return [renewal.time, renewal.epoch]
            }
            await attempt {
                let announcement = try await tier.announce(
                    Invalidation(keys: ["k"], tags: [], sender: "i", wantsAcknowledgement: false))
                return [announcement.time, announcement.epoch, announcement.timeSinceLoss ?? 0]
            }
            await attempt {
                switch try await tier.read("k") {
                case .hit(let entry, let remaining, let epoch): [entry.asOf, remaining, epoch]
                case .miss(let token): [token.asOf, token.epoch]
                case .held: []
                }
            }
            await attempt { try await tier.inspect(["k"]).values.map(\.asOf) }
        }
        #expect(answered > 200 && refused > 200, "\(answered) \(refused)")
    }

    @Test("An instance on such a server, told of times without sense, works or fails, and does not trap")
    func instance() async throws {
        var started = 0
        for seed in 0..<300 as Range<UInt64> {
            let service = HostileService(seed: seed)
            let tier = RedisSharedTier(
                RedisSharedTier.Configuration(namespace: try RedisNamespace("p")), service: service)
            let configuration = HierarchyConfiguration(
                layers: [
                    .init(.l2, capacity: 10, lifetime: .max / 4), .init(.redis, capacity: 10, lifetime: 1_000_000_000),
                ], propagation: .announced)
            guard
                let instance = try? await CacheInstance.start(
                    id: "i", configuration: configuration, origin: MemoryOrigin(), shared: tier)
            else { continue }
            started += 1
            let worker = instance.makeWorker()
            service.announceAll(on: "coherence:1:p:bus", acknowledgements: "coherence:1:p:ack:i")
            _ = try? await worker.read("k")
            _ = try? await worker.write("k", [1])
            _ = try? await worker.read("k")
            _ = await instance.renewLease()
            await instance.stop()
        }
        #expect(started > 20)
    }
}

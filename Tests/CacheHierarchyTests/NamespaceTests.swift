import CacheHierarchy
import History
import RedisClient
import SimulatedRedis
import SimulatedSharedTier
import Support
import TestSupport
import Testing

@Suite("Namespaces in Redis", .computing)
struct NamespaceTests {
    @Test("An empty name is refused, with the reason")
    func empty() {
        let error = #expect(throws: RedisNamespace.EmptyName.self) { try RedisNamespace("") }
        #expect(
            "\(error!)" == "found an empty name; expected one that no other application on this Redis server has")
    }

    /// Made of whatever separates, escapes, counts or matches something somewhere, and of the words that the tier uses.
    private static let parts = [
        "a", "b", "prod", "2", "x", ":", "::", "e", "s", "t", "f", "h", "m", "bus", "ack", "coherence:", "1:",
        "4:prod",
        "{", "}", "*", "?", "[a-z]", "]", "^", "\\", "-", "%3A", " ", "\n", "\0", "\u{E9}", "e\u{301}", "\u{212B}",
        "A\u{30A}",
        "\u{43E}", "\u{200B}", "\u{202E}", "\u{1F469}\u{200D}\u{1F467}",
    ]

    private static func text(_ generator: inout SystemRandomNumberGenerator, atLeast least: Int) -> String {
        (0..<Int.random(in: least...4, using: &generator)).map { _ in parts.randomElement(using: &generator) ?? "" }
            .joined()
    }

    /// Writes down which keys and channels of the server a tier names, and for whom.
    private final class NotingService: RedisService {
        private let base: ModelRedisService
        let channels = Lock<Set<[UInt8]>>([])

        init(_ base: ModelRedisService) { self.base = base }

        func send(_ command: RedisCommand) async throws -> RedisValue { try await base.send(command) }

        func run(
            _ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument]
        ) async throws -> RedisValue {
            try await base.run(script, keys: keys, arguments: arguments)
        }

        func runTellingServer(
            _ script: RedisScript, keys: [RedisArgument], arguments: [RedisArgument]
        ) async throws -> RedisValue {
            try await base.runTellingServer(script, keys: keys, arguments: arguments)
        }

        func subscribe(
            to channels: [String], name: String, onStateChange: @escaping @Sendable (RedisSubscriber.State) -> Void,
            onMessages: @escaping @Sendable ([RedisMessage]) -> Void
        ) async throws -> any RedisSubscription {
            self.channels.withLock { $0.formUnion(channels.map { Array($0.utf8) }) }
            return try await base.subscribe(
                to: channels, name: name, onStateChange: onStateChange, onMessages: onMessages)
        }

        /// A stream is a key, and the server names it.
        func follow(
            _ stream: String, name: String, onNotice: @escaping @Sendable (StreamNotice) -> Void,
            onEntries: @escaping @Sendable ([[UInt8]]) -> Void
        ) async throws -> any RedisSubscription {
            try await base.follow(stream, name: name, onNotice: onNotice, onEntries: onEntries)
        }
    }

    /// All keys and channels that a tier makes on a server of its own for a key, a tag and an instance of that name.
    private static func names(_ application: String, _ word: String) async throws -> (
        keys: Set<[UInt8]>, channels: Set<[UInt8]>
    ) {
        let model = ModelRedisService(clock: ManualClock())
        let service = NotingService(model)
        let tier = RedisSharedTier(
            RedisSharedTier.Configuration(namespace: try RedisNamespace(application)), service: service)
        try await tier.join(word, lease: second) { _ in }
        _ = try await tier.renew(word, lease: second, applied: 0)
        guard case .miss(let token) = try await tier.read(word) else { throw TestFailure() }
        let entry = CacheEntry(
            key: word, version: 1, value: [1], tags: [word], asOf: token.asOf, deadline: .max)
        #expect(try await tier.fill(entry, token: token, lifetime: second, ignoringFloors: false))
        let before = model.model.keyNames
        _ = try await tier.announce(
            Invalidation(action: .hold("h"), keys: [word], tags: [word], sender: word, wantsAcknowledgement: false))
        return (Set(before + model.model.keyNames), service.channels.withLock { $0 })
    }

    /// Every application and key that a name at the server could be read as being of, if it is cut at colons.
    private static func readings(of name: [UInt8]) -> [(application: String, key: String)] {
        let parts = String(decoding: name, as: UTF8.self).split(separator: ":", omittingEmptySubsequences: false)
        return parts.indices.flatMap { start in
            (start..<parts.count).map { end in
                (parts[start...end].joined(separator: ":"), parts[min(end + 2, parts.count)...].joined(separator: ":"))
            }
        }
    }

    /// Whether another application has something in common with one: looked for among those that a name of the one could be
    /// taken for.
    private static func isUnambiguous(_ application: String, _ key: String, most: Int) async throws {
        let own = try await names(application, key)
        // entry, state, floors of keys, floors of tags; the bus and the acknowledgements
        #expect(own.keys.count == 4 && own.channels.count == 2)
        let others = own.keys.union(own.channels).flatMap(readings)
            .filter { !$0.application.isEmpty && !$0.application.utf8.elementsEqual(application.utf8) }
        for (other, word) in others.shuffled().prefix(most) {
            let names = try await names(other, word)
            #expect(
                own.keys.isDisjoint(with: names.keys) && own.channels.isDisjoint(with: names.channels),
                "\(application.debugDescription), \(key.debugDescription) and \(other.debugDescription), \(word.debugDescription)"
            )
            await Task.yield()
        }
    }

    @Test(
        "A name at the server cannot be cut in such a way that it is another application's",
        arguments: [
            ("a:e:x", "k"), ("a", "e:k"), ("a:e", "s"), ("1:a", "1:a:e:k"), ("a:s", "h"), ("4:prod:e", ":"),
        ])
    func unambiguous(application: String, key: String) async throws {
        try await Self.isUnambiguous(application, key, most: .max)
    }

    @Test("No two applications have a key or a channel in common, whatever they and their keys are called")
    func random() async throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20 {
            let (application, key) = (Self.text(&generator, atLeast: 1), Self.text(&generator, atLeast: 0))
            try await Self.isUnambiguous(application, key, most: 10)
        }
    }

    @Test(
        "Within an application no two keys share a name at the server, and no two tags",
        arguments: [
            ("k", "k:"), (":", "::"), ("", ":"), ("e:k", "k"), ("\u{E9}", "e\u{301}"), ("\u{212B}", "A\u{30A}"),
            ("k", "k\0"), ("k", "K"),
        ])
    func keys(left: String, right: String) async throws {
        let common = try await Self.names("app", left).keys.intersection(try await Self.names("app", right).keys)
        // The clock, its birth, the members.
        #expect(common.count == 3)
    }

    @Test("Keys that only look alike are different keys in every layer")
    func lookAlikes() async throws {
        try await TestCluster.with { cluster in
            let workers = cluster.instances.map { $0.makeWorker() }
            let keys = ["caf\u{E9}", "cafe\u{301}", "\u{212B}", "A\u{30A}"]
            for (number, key) in keys.enumerated() { try await workers[0].write(key, [UInt8(number)], tags: [key]) }
            try await cluster.settle()
            for _ in 0..<2 {
                for worker in workers {
                    for (number, key) in keys.enumerated() {
                        #expect(try await worker.read(key).value == [UInt8(number)])
                    }
                }
            }
            try await workers[0].invalidate(keys: [keys[0]], tags: [keys[2]])
            for worker in workers {
                #expect(worker.inspect(keys[0]) == nil && worker.inspect(keys[2]) == nil)
                #expect(worker.inspect(keys[1]) != nil && worker.inspect(keys[3]) != nil)
            }
        }
    }
}

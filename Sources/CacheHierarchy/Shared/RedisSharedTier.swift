import History
import RedisClient
import Support

/// The shared tier on a Redis server.
///
/// Every step is one script, so it is atomic; see ``RedisScripts`` for what is kept where. The server may evict whatever it
/// likes, and may come back without its data or with an older state: then the tier begins a new epoch.
public final class RedisSharedTier: SharedTier {
    /// What may be set.
    public struct Configuration: Sendable, Hashable, Codable {
        /// Where its keys and channels are.
        public var namespace: RedisNamespace
        /// Until when a hold that is never released is honoured, in nanoseconds. Default five seconds.
        public var holdLifetime: Int64

        /// If set, everything in the namespace disappears when no instance has given a sign of life for that many
        /// nanoseconds: for guests on somebody else's server. Every key gets that time to live in the step that makes it;
        /// entries that are declared to live longer are misses after it. Less than ``holdLifetime`` counts as that: a hold
        /// must not be forgotten while it stands. Default `nil`, keep it.
        public var dataLifetime: Int64?
        /// Whether the state belongs to the server's process that began it. `false` is a deliberate bug: another server's
        /// copy of it is believed.
        public var isBoundToServer: Bool
        /// How announcements travel; all instances of a namespace must agree. Default ``InvalidationBus/pubSub``.
        public var bus: InvalidationBus

        public init(
            namespace: RedisNamespace, holdLifetime: Int64 = 5_000_000_000, dataLifetime: Int64? = nil,
            isBoundToServer: Bool = true, bus: InvalidationBus = .pubSub
        ) {
            self.namespace = namespace
            self.holdLifetime = holdLifetime
            self.dataLifetime = dataLifetime
            self.isBoundToServer = isBoundToServer
            self.bus = bus
        }
    }

    private let configuration: Configuration
    private let service: any RedisService
    private let subscriptions = Lock<[String: [any RedisSubscription]]>([:])

    /// - Parameter service: where commands are sent and channels subscribed.
    public init(_ configuration: Configuration, service: any RedisService) {
        self.configuration = configuration
        self.service = service
    }

    /// - Parameters:
    ///   - pool: for commands; it stays the caller's to close.
    ///   - server: how each instance's subscription connects.
    public convenience init(_ configuration: Configuration, pool: RedisPool, server: RedisConfiguration) {
        self.init(configuration, service: LiveRedisService(pool: pool, server: server))
    }

    /// A channel or a stream.
    private var bus: String { configuration.namespace.root + ":bus" }
    private func acknowledgementChannel(_ instance: String) -> String {
        configuration.namespace.root + ":ack:" + instance
    }

    // MARK: Membership

    public func join(
        _ instance: String, lease: Int64, onEvents: @escaping @Sendable ([SharedTierEvent]) -> Void
    ) async throws {
        let joined =
            switch configuration.bus {
            case .pubSub: [try await listen(instance, onEvents)]
            case .streams: try await follow(instance, onEvents)
            }
        subscriptions.withLock { $0[instance] = joined }
    }

    /// One subscription for what is announced and for acknowledgements: if it is lost, so is either.
    private func listen(
        _ instance: String, _ onEvents: @escaping @Sendable ([SharedTierEvent]) -> Void
    ) async throws -> any RedisSubscription {
        let ownChannel = acknowledgementChannel(instance)
        return try await service.subscribe(
            to: [bus, ownChannel], name: Self.connectionName(of: instance),
            onStateChange: { state in
                switch state {
                case .connected: break
                case .disconnected: onEvents([.disconnected])
                case .resubscribed: onEvents([.reconnected])
                }
            },
            onMessages: { messages in
                onEvents(messages.compactMap { Self.event($0, acknowledgementChannel: ownChannel) })
            })
    }

    /// A stream for what is announced, a channel for acknowledgements. They concern one writer each and are repeated,
    /// so the loss of that connection is no reason to distrust anything.
    private func follow(
        _ instance: String, _ onEvents: @escaping @Sendable ([SharedTierEvent]) -> Void
    ) async throws -> [any RedisSubscription] {
        let ownChannel = acknowledgementChannel(instance)
        let name = Self.connectionName(of: instance)
        let acknowledgements = try await service.subscribe(
            to: [ownChannel], name: name, onStateChange: { _ in },
            onMessages: { messages in
                onEvents(messages.compactMap { Self.event($0, acknowledgementChannel: ownChannel) })
            })
        let continuity = Lock(StreamContinuity())
        do {
            let stream = try await service.follow(
                bus, name: name + ".stream",
                onNotice: { notice in
                    let events = continuity.withLock { $0.events(for: notice) }
                    if !events.isEmpty { onEvents(events) }
                },
                onEntries: { entries in
                    onEvents(entries.compactMap { StampedInvalidation(message: $0).map { .invalidation($0) } })
                })
            return [acknowledgements, stream]
        } catch {
            await acknowledgements.close()
            throw error
        }
    }

    /// Redis takes no other characters in the name of a connection.
    private static func connectionName(of instance: String) -> String {
        String(decoding: instance.utf8.map { (0x21...0x7E).contains($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
    }

    private static func event(_ message: RedisMessage, acknowledgementChannel: String) -> SharedTierEvent? {
        guard message.channel == acknowledgementChannel else {
            return StampedInvalidation(message: message.payload).map { .invalidation($0) }
        }
        let parts = String(decoding: message.payload, as: UTF8.self).split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let time = LogicalTime.checked(Int64(parts[0])) else { return nil }
        return .acknowledgement(instance: String(parts[1]), time: time)
    }

    public func renew(_ instance: String, lease: Int64, applied: Int64) async throws -> Renewal {
        let reply = try await run(
            RedisScripts.renew,
            [
                .string(instance), .integer(Self.milliseconds(lease)), .integer(Int(applied)),
            ])
        guard let fields = reply.elements, fields.count == 3, let wasAlive = fields[0].integerValue,
            let time = fields[1].time, let epoch = fields[2].time
        else { throw Self.unexpected(reply, of: "renew") }
        return Renewal(wasAlive: wasAlive == 1, time: time, epoch: epoch)
    }

    public func leave(_ instance: String) async {
        let joined = subscriptions.withLock { $0.removeValue(forKey: instance) }
        for subscription in joined ?? [] { await subscription.close() }
        // If Redis is away the lease runs out by itself.
        _ = try? await run(RedisScripts.leave, [.string(instance)])
    }

    public func logicalTime() async throws -> Int64 {
        let reply = try await run(RedisScripts.logicalTime, [])
        guard let time = reply.time else { throw Self.unexpected(reply, of: "logical time") }
        return time
    }

    public func liveInstances() async throws -> Membership {
        let reply = try await run(RedisScripts.members, [])
        guard let fields = reply.elements, let epoch = fields.first?.time else {
            throw Self.unexpected(reply, of: "members")
        }
        return Membership(instances: Set(fields.dropFirst().compactMap(\.string)), epoch: epoch)
    }

    // MARK: Entries

    public func read(_ key: String) async throws -> SharedLookup {
        let reply = try await run(RedisScripts.read, [.string(key)])
        guard let lookup = Self.lookup(reply, key: key) else { throw Self.unexpected(reply, of: "read") }
        return lookup
    }

    /// In portions: a script holds up everybody else while it runs.
    private static let portion = 100
    /// Bytes of values that one script is given, if it is given more than one.
    private static let portionSize = 1 << 20

    /// One script for each hundred keys. O(keys × tags).
    public func read(_ keys: [String]) async throws -> [SharedLookup] {
        var lookups: [SharedLookup] = []
        lookups.reserveCapacity(keys.count)
        for start in stride(from: 0, to: keys.count, by: Self.portion) {
            lookups += try await look(keys[start..<min(start + Self.portion, keys.count)])
        }
        return lookups
    }

    private func look(_ keys: ArraySlice<String>) async throws -> [SharedLookup] {
        let reply: RedisValue
        do {
            reply = try await run(RedisScripts.inspect, keys.map { .string($0) })
        } catch let error as RedisError where error.code == .replyTooLarge && keys.count > 1 {
            let middle = keys.startIndex + keys.count / 2
            return try await look(keys[..<middle]) + look(keys[middle...])
        }
        guard let answers = reply.elements, answers.count == keys.count else {
            throw Self.unexpected(reply, of: "inspect")
        }
        return try zip(keys, answers).map { key, answer in
            guard let lookup = Self.lookup(answer, key: key) else { throw Self.unexpected(answer, of: "inspect") }
            return lookup
        }
    }

    private static func lookup(_ reply: RedisValue, key: String) -> SharedLookup? {
        guard let fields = reply.elements, fields.count >= 3, let time = fields[0].time,
            let epoch = fields[1].time
        else { return nil }
        switch fields[2].string {
        case "held": return .held
        case "miss": return .miss(FillToken(asOf: time, epoch: epoch))
        case "hit":
            guard fields.count >= 6, let remaining = fields[3].integerValue, remaining >= 0,
                let version = fields[4].version
            else { return nil }
            let entry = CacheEntry(
                key: key, version: version, value: fields[5].bytes, tags: fields[6...].compactMap(\.string), asOf: time,
                deadline: Int64.max)
            return .hit(entry, remaining: Self.nanoseconds(remaining), epoch: epoch)
        default: return nil
        }
    }

    public func fill(
        _ entry: CacheEntry, token: FillToken, lifetime: Int64, ignoringFloors: Bool
    ) async throws -> Bool {
        let options = Self.options(lifetime: lifetime, ignoringFloors: ignoringFloors)
        return try await run(RedisScripts.fill, options + Self.arguments(of: entry)).integerValue == 1
    }

    /// One script for each hundred entries, or for each megabyte of values. O(entries × tags).
    public func fill(_ fills: [SharedFill], lifetime: Int64, ignoringFloors: Bool) async throws -> [Bool] {
        let options = Self.options(lifetime: lifetime, ignoringFloors: ignoringFloors)
        var areKept: [Bool] = []
        areKept.reserveCapacity(fills.count)
        while areKept.count < fills.count {
            var arguments = options
            var (count, size) = (0, 0)
            for fill in fills[areKept.count...].prefix(Self.portion) {
                size += fill.entry.value?.count ?? 0
                if count > 0, size > Self.portionSize { break }
                let own = Self.arguments(of: fill.entry)
                arguments.append(.integer(own.count))
                arguments += own
                count += 1
            }
            let reply = try await run(RedisScripts.fillMany, arguments)
            guard let answers = reply.elements, answers.count == count else {
                throw Self.unexpected(reply, of: "fill many")
            }
            areKept += answers.map { $0.integerValue == 1 }
        }
        return areKept
    }

    private static func options(lifetime: Int64, ignoringFloors: Bool) -> [RedisArgument] {
        [.string(ignoringFloors ? "1" : "0"), .integer(milliseconds(lifetime))]
    }

    private static func arguments(of entry: CacheEntry) -> [RedisArgument] {
        [
            .string(entry.key), .integer(Int(entry.asOf)), .integer(Int(entry.version)),
            .string(entry.value == nil ? "0" : "1"), .bytes(entry.value ?? []),
        ] + entry.tags.map { .string($0) }
    }

    public func inspect(_ keys: [String]) async throws -> [String: CacheEntry] {
        var found: [String: CacheEntry] = [:]
        for (key, lookup) in zip(keys, try await read(keys)) {
            if case .hit(let entry, _, _) = lookup { found[key] = entry }
        }
        return found
    }

    // MARK: Invalidation

    public func announce(_ invalidation: Invalidation) async throws -> Announcement {
        let (letter, hold) =
            switch invalidation.action {
            case .drop: ("d", "")
            case .hold(let id): ("h", id)
            case .release(let id): ("r", id)
            }
        let streamLength = if case .streams(let length) = configuration.bus { length } else { 0 }
        var arguments: [RedisArgument] = [
            .string(letter), .string(hold), .integer(Self.milliseconds(configuration.holdLifetime)),
            .bytes(invalidation.encoded()), .integer(RedisScripts.floorCapacity), .integer(streamLength),
            .integer(invalidation.keys.count),
        ]
        arguments += invalidation.keys.map { .string($0) }
        arguments += invalidation.tags.map { .string($0) }
        let reply = try await run(RedisScripts.announce, arguments)
        guard let fields = reply.elements, fields.count >= 3, let time = fields[0].time, let epoch = fields[1].time,
            let age = fields[2].integerValue
        else { throw Self.unexpected(reply, of: "announce") }
        return Announcement(
            time: time, liveInstances: Set(fields[3...].compactMap(\.string)), epoch: epoch,
            // The server's clock may have been set back since: then nothing is known but that there was a loss.
            timeSinceLoss: age == -1 ? nil : Self.nanoseconds(max(0, age)))
    }

    public func acknowledge(_ time: Int64, by instance: String, to sender: String) async throws {
        _ = try await service.send(RedisCommand("PUBLISH", acknowledgementChannel(sender), "\(time) \(instance)"))
    }

    // MARK: Scripts

    private func run(_ script: RedisScript, _ arguments: [RedisArgument]) async throws -> RedisValue {
        let keys: [RedisArgument] = [.string(configuration.namespace.root)]
        let lifetime = configuration.dataLifetime.map { Self.milliseconds(max($0, configuration.holdLifetime)) } ?? 0
        let all = [.integer(lifetime)] + arguments
        return configuration.isBoundToServer
            ? try await service.runTellingServer(script, keys: keys, arguments: all)
            : try await service.run(script, keys: keys, arguments: [.string("any")] + all)
    }

    private static func milliseconds(_ nanoseconds: Int64) -> Int { Int(max(1, nanoseconds / 1_000_000)) }

    /// - Parameter milliseconds: of a server; what is too much for a deadline is as long as one can be.
    private static func nanoseconds(_ milliseconds: Int64) -> Int64 {
        let (nanoseconds, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? LogicalTime.last : min(nanoseconds, LogicalTime.last)
    }

    private static func unexpected(_ reply: RedisValue, of script: String) -> RedisError {
        RedisError(.protocolError, "the script \(script) answered \(reply)")
    }
}

extension RedisValue {
    /// A version: a number that Redis sends as text.
    fileprivate var version: Int64? { integerValue }
    /// A logical time, likewise; `nil` for one that no server counts to.
    fileprivate var time: Int64? { LogicalTime.checked(integerValue) }
}

/// What may be a logical time: whatever a server or another client says, reckoning with it does not overflow.
enum LogicalTime {
    /// 2^62. Logical times begin at the microseconds since 1970 and grow by one with each announcement.
    static let last: Int64 = 1 << 62

    static func checked(_ time: Int64?) -> Int64? { time.flatMap { (0...last).contains($0) ? $0 : nil } }
}

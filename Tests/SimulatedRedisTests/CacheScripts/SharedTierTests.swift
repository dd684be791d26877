import CacheHierarchy
import RedisClient
import SimulatedRedis
import SimulatedSharedTier
import Support
import Testing

/// The events that an instance received.
private final class Events: Sendable {
    private let events = Lock<[SharedTierEvent]>([])
    func append(_ new: [SharedTierEvent]) { events.withLock { $0 += new } }

    var descriptions: [String] {
        events.withLock { events in
            events.map { event in
                switch event {
                case .invalidation(let stamped): "\(stamped.invalidation.action) \(stamped.invalidation.keys)"
                case .acknowledgement(let instance, _): "acknowledged by \(instance)"
                case .disconnected: "disconnected"
                case .reconnected: "reconnected"
                case .resumed: "resumed"
                }
            }
        }
    }

    var times: [Int64] {
        events.withLock { $0.compactMap { if case .invalidation(let stamped) = $0 { stamped.time } else { nil } } }
    }
}

@Suite("The shared tier runs unchanged on the model of Redis")
struct SharedTierTests {
    private static let second: Int64 = 1_000_000_000

    private let clock: SteppedClock
    private let service: ModelRedisService
    private let tier: RedisSharedTier

    private let streams: RedisSharedTier

    init() {
        let clock = SteppedClock()
        self.clock = clock
        service = ModelRedisService(clock: clock)
        tier = RedisSharedTier(RedisSharedTier.Configuration(namespace: try! RedisNamespace("p")), service: service)
        streams = RedisSharedTier(
            RedisSharedTier.Configuration(namespace: try! RedisNamespace("q"), bus: .streams(length: 3)),
            service: service)
    }

    private func entry(_ key: String, version: Int64, tags: [String] = [], asOf: Int64) -> CacheEntry {
        CacheEntry(key: key, version: version, value: [1, 2], tags: tags, asOf: asOf, deadline: .max)
    }

    private func join(_ instance: String) async throws -> Events {
        let events = Events()
        try await tier.join(instance, lease: 10 * Self.second) { events.append($0) }
        _ = try await tier.renew(instance, lease: 10 * Self.second, applied: 0)
        return events
    }

    private func token(_ key: String) async throws -> FillToken {
        guard case .miss(let token) = try await tier.read(key) else { throw NoMiss() }
        return token
    }
    private struct NoMiss: Error {}

    private func version(_ key: String) async throws -> Int64? {
        if case .hit(let entry, _, _) = try await tier.read(key) { entry.version } else { nil }
    }

    private func drop(_ keys: [String] = [], tags: [String] = []) async throws -> Announcement {
        try await tier.announce(Invalidation(keys: keys, tags: tags, sender: "i1", wantsAcknowledgement: false))
    }

    @Test("A fill is served with its remaining lifetime, until it expires")
    func fillAndRead() async throws {
        let token = try await token("k")
        let entry = entry("k", version: 3, tags: ["t"], asOf: token.asOf)
        #expect(try await tier.fill(entry, token: token, lifetime: 5 * Self.second, ignoringFloors: false))
        clock.advance(milliseconds: 1_500)
        guard case .hit(let found, let remaining, _) = try await tier.read("k") else {
            Issue.record("no hit")
            return
        }
        #expect(found.version == 3)
        #expect(found.value == [1, 2])
        #expect(found.tags == ["t"])
        #expect(remaining == 3_500_000_000)
        clock.advance(milliseconds: 3_501)
        #expect(try await version("k") == nil)
    }

    @Test("Two instances receive every announcement, in the order of the logical clock and without gaps")
    func announcements() async throws {
        let (first, second) = (try await join("i1"), try await join("i2"))
        for key in ["a", "b", "c"] {
            #expect(try await drop([key]).liveInstances == ["i1", "i2"])
        }
        for (instance, events) in [("i1", first), ("i2", second)] {
            #expect(events.descriptions == ["drop [\"a\"]", "drop [\"b\"]", "drop [\"c\"]"], "\(instance)")
            #expect(events.times == Array(events.times[0]...(events.times[0] + 2)), "\(instance)")
        }
        await tier.leave("i2")
        #expect(try await drop(["d"]).liveInstances == ["i1"])
        #expect(first.descriptions.count == 4)
        #expect(second.descriptions.count == 3)
    }

    @Test(
        "Over a stream each receives the same, and who joins later begins at its end; no more is kept than its length")
    func stream() async throws {
        let (first, second) = (Events(), Events())
        try await streams.join("i1", lease: Self.second) { first.append($0) }
        func drop(_ key: String) async throws {
            _ = try await streams.announce(Invalidation(keys: [key], sender: "i1", wantsAcknowledgement: false))
        }
        try await drop("a")
        try await streams.join("i2", lease: Self.second) { second.append($0) }
        for key in ["b", "c", "d"] { try await drop(key) }
        #expect(first.descriptions == ["a", "b", "c", "d"].map { "drop [\"\($0)\"]" })
        #expect(first.times == Array(first.times[0]...(first.times[0] + 3)))
        #expect(second.descriptions == Array(first.descriptions.dropFirst()))
        #expect(try await service.send(RedisCommand("XLEN", "coherence:1:q:bus")).integerValue == 3)
        try await streams.acknowledge(first.times[0], by: "i2", to: "i1")
        #expect(first.descriptions.last == "acknowledged by i2")
        await streams.leave("i2")
        try await drop("e")
        #expect(second.descriptions.count == 3)
    }

    @Test(
        "After a crash a stream that is still there goes on, and one that is gone is told", arguments: [true, false])
    func streamAfterCrash(keepingData: Bool) async throws {
        let events = Events()
        try await streams.join("i1", lease: Self.second) { events.append($0) }
        func drop(_ key: String) async throws {
            _ = try await streams.announce(Invalidation(keys: [key], sender: "i1", wantsAcknowledgement: false))
        }
        try await drop("a")
        service.crash(keepingData: keepingData)
        service.start()
        try await drop("b")
        #expect(
            events.descriptions == [
                #"drop ["a"]"#, "disconnected", keepingData ? "resumed" : "reconnected", #"drop ["b"]"#,
            ])
    }

    @Test("An acknowledgement reaches only the sender")
    func acknowledgement() async throws {
        let (first, second) = (try await join("i1"), try await join("i2"))
        let time = try await drop(["a"]).time
        try await tier.acknowledge(time, by: "i2", to: "i1")
        #expect(first.descriptions == ["drop [\"a\"]", "acknowledged by i2"])
        #expect(second.descriptions == ["drop [\"a\"]"])
    }

    @Test("A fill is refused if its key or tag was invalidated meanwhile")
    func overtakenFill() async throws {
        for (keys, tags) in [(["k"], []), ([], ["t"])] as [([String], [String])] {
            let token = try await token("k")
            _ = try await drop(keys, tags: tags)
            let late = entry("k", version: 1, tags: ["t"], asOf: token.asOf)
            #expect(
                try await !tier.fill(late, token: token, lifetime: Self.second, ignoringFloors: false),
                "keys \(keys), tags \(tags)")
        }
    }

    @Test("An invalidated tag removes the entries with the tag, and no others")
    func tags() async throws {
        for (key, tags) in [("a", ["t"]), ("b", ["u"]), ("c", [])] {
            let token = try await token(key)
            let entry = entry(key, version: 1, tags: tags, asOf: token.asOf)
            #expect(try await tier.fill(entry, token: token, lifetime: Self.second, ignoringFloors: false), "\(key)")
        }
        _ = try await drop(tags: ["t"])
        #expect(Set(try await tier.inspect(["a", "b", "c"]).keys) == ["b", "c"])
    }

    @Test("A lower version never replaces a higher one")
    func versions() async throws {
        let token = try await token("k")
        #expect(
            try await tier.fill(
                entry("k", version: 2, asOf: token.asOf), token: token, lifetime: Self.second, ignoringFloors: false))
        #expect(
            try await !tier.fill(
                entry("k", version: 1, asOf: token.asOf), token: token, lifetime: Self.second, ignoringFloors: false))
        #expect(try await version("k") == 2)
    }

    @Test("A key with a write intent is neither served nor filled until the release, or for five seconds")
    func holds() async throws {
        func announce(_ action: Invalidation.Action) async throws {
            _ = try await tier.announce(
                Invalidation(action: action, keys: ["k"], sender: "i1", wantsAcknowledgement: true))
        }
        func isHeld() async throws -> Bool { if case .held = try await tier.read("k") { true } else { false } }
        let token = try await token("k")
        try await announce(.hold("h"))
        #expect(try await isHeld())
        #expect(
            try await !tier.fill(
                entry("k", version: 1, asOf: token.asOf + 9), token: token, lifetime: Self.second, ignoringFloors: false
            ))
        try await announce(.release("h"))
        #expect(try await !isHeld())
        try await announce(.hold("h"))
        clock.advance(milliseconds: 4_999)
        #expect(try await isHeld())
        clock.advance(milliseconds: 2)
        #expect(try await !isHeld())
    }

    @Test("An instance without heartbeats leaves the cluster when its lease expires")
    func leases() async throws {
        _ = try await join("i1")
        clock.advance(milliseconds: 6_000)
        _ = try await join("i2")
        clock.advance(milliseconds: 6_000)
        #expect(try await tier.liveInstances().instances == ["i2"])
        #expect(try await !tier.renew("i1", lease: Self.second, applied: 0).wasAlive)
        #expect(try await tier.renew("i1", lease: Self.second, applied: 0).wasAlive)
    }

    @Test(
        "After a crash, with or without the data, the logical clock does not go back and no old entry is served",
        arguments: [false, true])
    func crash(keepingData: Bool) async throws {
        let events = try await join("i1")
        let before = try await drop(["a"]).time
        let token = try await token("k")
        service.crash(keepingData: keepingData)
        let error = await #expect(throws: RedisError.self) { try await tier.read("k") }
        #expect(error?.code == .connectFailed)
        clock.advance(milliseconds: 10)
        service.start()
        #expect(events.descriptions.suffix(2) == ["disconnected", "reconnected"])
        let late = entry("k", version: 1, asOf: token.asOf)
        #expect(try await tier.fill(late, token: token, lifetime: Self.second, ignoringFloors: false) == false)
        #expect(try await drop(["b"]).time > before)
        #expect(events.descriptions.last == "drop [\"b\"]")
    }

    @Test(
        "A server that gives up any key of the state has given up all of it, and says so", arguments: ["s", "f", "t"])
    func eviction(key: String) async throws {
        _ = try await join("i1")
        let token = try await token("k")
        let kept = entry("k", version: 1, tags: ["x"], asOf: token.asOf)
        #expect(try await tier.fill(kept, token: token, lifetime: Self.second, ignoringFloors: false))
        let other = try await self.token("l")
        let before = try await drop(tags: ["x"])
        #expect(before.timeSinceLoss == nil && before.epoch == token.epoch && before.liveInstances == ["i1"])
        clock.advance(milliseconds: 1)
        #expect(try await service.send(RedisCommand("DEL", "coherence:1:p:\(key)")).integerValue == 1)
        // If only the watermark of the tag were lost, the entry would be served again.
        let again = try await self.token("k")
        #expect(again.epoch > before.time && again.asOf == again.epoch)
        let late = entry("l", version: 1, asOf: other.asOf)
        #expect(try await !tier.fill(late, token: other, lifetime: Self.second, ignoringFloors: false))
        clock.advance(milliseconds: 7)
        let after = try await drop(["m"])
        #expect(after.liveInstances == [] && after.epoch == again.epoch && after.timeSinceLoss == 7_000_000)
        #expect(try await tier.liveInstances().epoch == again.epoch)
    }

    @Test("An instance that begins a state learns nothing of an earlier one, and the first to notice begins another")
    func newcomer() async throws {
        let before = try await tier.renew("i1", lease: Self.second, applied: 0)
        clock.advance(milliseconds: 1)
        _ = try await service.send(RedisCommand("FLUSHALL"))
        let newcomer = try await tier.renew("i2", lease: Self.second, applied: 0)
        #expect(newcomer.epoch > before.time)
        #expect(try await drop(["k"]).timeSinceLoss == nil)
        let old = try await tier.renew("i1", lease: Self.second, applied: before.time)
        #expect(old.epoch > newcomer.epoch && !old.wasAlive)
        #expect(try await drop(["k"]).timeSinceLoss != nil)
    }

    @Test("A clock that is too early after a restart is set past all announcements")
    func rolledBackClock() async throws {
        let ahead = try await tier.logicalTime() + 3_600_000_000
        #expect(try await tier.renew("i1", lease: Self.second, applied: ahead).time == ahead + 1)
    }
}

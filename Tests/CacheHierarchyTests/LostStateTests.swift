import CacheHierarchy
import History
import Support
import Testing

/// What the shared tier remembers is gone, and no connection is.
@Suite("Whoever learns that the shared tier has lost its state")
struct LostStateTests {
    private static let lease = 100_000 * second

    private let clock = ManualClock()
    private let origin = TestOrigin()
    private let tier: LocalSharedTier
    private let shared: InterposedTier

    init() {
        tier = LocalSharedTier(clock: clock)
        shared = InterposedTier(tier)
    }

    private func start(_ id: String, clock: (any CacheClock)? = nil, lease: Int64 = lease) async throws -> CacheInstance
    {
        let layers = TestCluster.fourLayers.filter { $0.layer != .l3 }
        return try await CacheInstance.start(
            id: id, configuration: HierarchyConfiguration(layers: layers, lease: lease, shards: 1), origin: origin,
            shared: shared, clock: clock ?? self.clock)
    }

    @Test("by reading keeps nothing of what it has read, and serves nothing of its own")
    func reading() async throws {
        _ = try await origin.commit("k", value: [1], tags: [])
        let instance = try await start("i1")
        let worker = instance.makeWorker()
        _ = try await worker.read("a")
        #expect(try await worker.read("a").layer == .l1)
        tier.loseData()
        #expect(try await worker.read("k").layer == .origin)
        #expect(!instance.isTrusted)
        #expect(try await worker.read("k").layer == .origin)
        #expect(try await worker.read("a").layer == .origin)
        await instance.stop()
    }

    @Test(
        "drops what it has, although the bus brings everything that was announced meanwhile", .timeLimit(.minutes(10)))
    func resumed() async throws {
        let instance = try await start("i1")
        let worker = instance.makeWorker()
        _ = try await worker.read("a")
        shared.cut("i1")
        tier.loseData()
        shared.resume("i1")()
        while instance.busCounts.distrusted == 0 { await Task.yield() }
        #expect(!instance.isTrusted && instance.busCounts.caughtUp == 0)
        #expect(try await worker.read("a").layer == .origin)
        await instance.stop()
    }

    @Test("waits for the lifetime of a hold, also when the new state has counted it among the living since")
    func caution() async throws {
        let instance = try await start("i1")
        let worker = instance.makeWorker()
        _ = try await tier.renew("i2", lease: Self.lease, applied: 0)
        tier.loseData()
        // A sign of life of this instance and of another one, by whom it is told that this one has missed something.
        for id in ["i1", "i2"] { _ = try await tier.renew(id, lease: Self.lease, applied: 0) }
        _ = try await worker.read("k")
        while shared.acknowledgements(by: "i1") == 0, !instance.isTrusted { await Task.yield() }
        #expect(!instance.isTrusted)
        await instance.stop()
    }

    @Test("and writes waits until everybody's lease has run out who has been forgotten")
    func writing() async throws {
        _ = try await origin.commit("k", value: [1], tags: [])
        let instances = [try await start("i1"), try await start("i2")]
        let workers = instances.map { $0.makeWorker() }
        _ = try await workers[1].read("k")
        tier.loseData()
        let isOver = Lock(false)
        let worker = Handed(instances[0].makeWorker())
        let write = Task {
            defer { isOver.withLock { $0 = true } }
            try await worker.value.write("k", [2], tags: [])
        }
        while !clock.isAsleep(for: Self.lease), !isOver.withLock({ $0 }) { await Task.yield() }
        #expect(try await origin.load("k").version == 1)
        write.cancel()
        await #expect(throws: CacheError.self) { try await write.value }
        for instance in instances { await instance.stop() }
    }

    @Test("while it waits for somebody who was forgotten writes nothing")
    func waiting() async throws {
        let instance = try await start("i1", clock: HostClock(), lease: second / 5)
        // Somebody who never acknowledges anything, and lives for long.
        try await tier.join("i2", lease: Self.lease) { _ in }
        _ = try await tier.renew("i2", lease: Self.lease, applied: 0)
        let gate = Gate()
        shared.holdUpAnswers(at: gate)
        let worker = Handed(instance.makeWorker())
        let write = Task { try await worker.value.write("k", [2], tags: []) }
        await gate.waitForArrival()
        tier.loseData()
        shared.holdUpAnswers(at: nil)
        gate.open()
        await #expect(throws: CacheError.self) { try await write.value }
        #expect(try await origin.load("k").version == 0)
        await instance.stop()
    }
}

/// A worker that is given away to another task.
private struct Handed: @unchecked Sendable {
    // Used by the one task that it was made for, and by nobody else.
    let value: CacheWorker
    init(_ value: CacheWorker) { self.value = value }
}

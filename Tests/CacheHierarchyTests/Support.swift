import CacheHierarchy
import Foundation
import History
import SimulatedSharedTier
import Support

/// A clock that stands still until it is moved.
final class ManualClock: CacheClock {
    private let time = Lock<Int64>(1_000_000_000)
    private let sleepers = Lock<[Int64]>([])

    /// How far the cheap clock is behind the true time, as happens to one that is kept by a processor which stands still.
    private let lag = Lock<Int64>(0)

    func now() -> Int64 { time.withLock { $0 } }

    func upperBound() -> Int64 { now() - lag.withLock { $0 } }

    func fallBehind(by nanoseconds: Int64) { lag.withLock { $0 = nanoseconds } }

    func advance(by nanoseconds: Int64) { time.withLock { $0 += nanoseconds } }

    /// Whether somebody has gone to sleep for so long.
    func isAsleep(for nanoseconds: Int64) -> Bool { sleepers.withLock { $0.contains(nanoseconds) } }

    /// Sleeps until it is cancelled: nothing in a test happens because time passes by itself.
    func sleep(nanoseconds: Int64) async throws {
        sleepers.withLock { $0.append(nanoseconds) }
        let (stream, _) = AsyncStream.makeStream(of: Void.self)
        for await _ in stream {}
        throw CancellationError()
    }
}

/// An origin in memory, whose loads and commits can be held up.
final class TestOrigin: Origin {
    private struct State {
        var records: [NameKey: OriginRecord] = [:]
        var loads: [String: Int] = [:]
        var queries = 0
        var isFailing = false
        var isFailingAtGates = false
        var gates: [String: Gate] = [:]
        var commitGate: Gate?
    }

    private let state = Lock(State())

    func loads(of key: String) -> Int { state.withLock { $0.loads[key] ?? 0 } }
    /// How often it was asked, for one key or for several.
    var queries: Int { state.withLock { $0.queries } }
    func fail(_ isFailing: Bool) { state.withLock { $0.isFailing = isFailing } }

    /// The loads that are held up fail when they are let go.
    func failHeldUpLoads(_ isFailing: Bool) { state.withLock { $0.isFailingAtGates = isFailing } }

    /// The next load of that key answers with what is there when it arrives, but not before the gate is opened.
    func holdUpLoads(of key: String, at gate: Gate?) { state.withLock { $0.gates[key] = gate } }

    /// The next commits happen when the gate is opened.
    func holdUpCommits(at gate: Gate?) { state.withLock { $0.commitGate = gate } }

    func load(_ key: String) async throws -> OriginRecord {
        try await load([key])[0]
    }

    func load(_ keys: [String]) async throws -> [OriginRecord] {
        let (records, gates, isFailing) = state.withLock { state in
            state.queries += 1
            for key in keys { state.loads[key, default: 0] += 1 }
            return (
                keys.map { state.records[NameKey($0)] ?? OriginRecord(version: 0, value: nil, tags: []) },
                keys.compactMap { state.gates[$0] }, state.isFailing
            )
        }
        if isFailing { throw TestFailure() }
        for gate in gates { await gate.pass() }
        if state.withLock({ $0.isFailingAtGates && !gates.isEmpty }) { throw TestFailure() }
        return records
    }

    func commit(_ key: String, value: [UInt8]?, tags: [String]) async throws -> Int64 {
        await state.withLock { $0.commitGate }?.pass()
        return try state.withLock { state in
            if state.isFailing { throw TestFailure() }
            let version = (state.records[NameKey(key)]?.version ?? 0) + 1
            state.records[NameKey(key)] = OriginRecord(version: version, value: value, tags: tags)
            return version
        }
    }
}

struct TestFailure: Error {}

/// Stops whoever passes until it is opened, and tells when somebody has arrived.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var arrived = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
        var watching: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Lock(State())

    func pass() async {
        await withCheckedContinuation { continuation in
            let (isOpen, watching) = state.withLock { state in
                state.arrived += 1
                defer { state.watching = [] }
                if !state.isOpen { state.waiting.append(continuation) }
                return (state.isOpen, state.watching)
            }
            for watcher in watching { watcher.resume() }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func waitForArrival() async {
        await withCheckedContinuation { continuation in
            let hasArrived = state.withLock { state in
                if state.arrived == 0 { state.watching.append(continuation) }
                return state.arrived > 0
            }
            if hasArrived { continuation.resume() }
        }
    }
}

let second: Int64 = 1_000_000_000

/// What the instances of a test share.
enum TestTier: CaseIterable {
    /// A tier that needs no Redis.
    case local
    /// The tier for Redis, on a Redis that exists only in memory.
    case redisModel
    /// The same, with a stream for a bus.
    case redisModelStreams

    func make(clock: any CacheClock) -> any SharedTier {
        switch self {
        case .local: LocalSharedTier(clock: clock)
        case .redisModel, .redisModelStreams:
            RedisSharedTier(
                RedisSharedTier.Configuration(
                    namespace: try! RedisNamespace("test"), bus: self == .redisModel ? .pubSub : .streams()),
                service: ModelRedisService(clock: clock))
        }
    }
}

/// A cluster in this process, with a manual clock and without a Redis server.
struct TestCluster {
    let clock = ManualClock()
    let origin = TestOrigin()
    let shared: InterposedTier
    let instances: [CacheInstance]
    private let folder: URL

    static let fourLayers: [HierarchyConfiguration.LayerConfiguration] = [
        .init(.l1, capacity: 100, lifetime: 60 * second), .init(.l2, capacity: 100, lifetime: 300 * second),
        .init(.l3, capacity: 100, lifetime: 3600 * second), .init(.redis, lifetime: 3600 * second),
    ]

    init(
        on tier: TestTier, instances count: Int, layers: [HierarchyConfiguration.LayerConfiguration],
        propagation: HierarchyConfiguration.Propagation, defects: Set<Defect>
    ) async throws {
        shared = InterposedTier(tier.make(clock: clock))
        folder = FileManager.default.temporaryDirectory.appending(path: "hierarchy-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var instances: [CacheInstance] = []
        let configuration = HierarchyConfiguration(
            layers: layers, propagation: propagation, lease: 100_000 * second, shards: 1, defects: defects)
        for number in 1...count {
            let host = try SQLiteHostStore(path: folder.appending(path: "host-\(number).sqlite").path, capacity: 100)
            instances.append(
                try await CacheInstance.start(
                    id: "i\(number)", configuration: configuration, origin: origin, shared: shared, host: host,
                    clock: clock))
        }
        self.instances = instances
    }

    func stop() async {
        for instance in instances { await instance.stop() }
        try? FileManager.default.removeItem(at: folder)
    }

    /// Runs a test's body on a cluster of each kind, one after the other, and takes the clusters down.
    static func with(
        instances: Int = 2, layers: [HierarchyConfiguration.LayerConfiguration] = fourLayers,
        propagation: HierarchyConfiguration.Propagation = .acknowledged, defects: Set<Defect> = [],
        _ body: (TestCluster) async throws -> Void
    ) async throws {
        for tier in TestTier.allCases {
            let cluster = try await TestCluster(
                on: tier, instances: instances, layers: layers, propagation: propagation, defects: defects)
            do {
                try await body(cluster)
            } catch {
                await cluster.stop()
                throw error
            }
            await cluster.stop()
        }
    }

    /// Returns when every instance has applied all that was announced so far, the releases of writes included: until then
    /// their readers rightly go to the origin.
    func settle() async throws {
        let time = try await shared.logicalTime()
        for instance in instances { await instance.waitUntilApplied(time, deadline: .max) }
    }

    /// Which layers of an instance would serve a key.
    func holders(of key: String, in instance: CacheInstance) async throws -> [Layer] {
        try await instance.inspect([key]).filter { $0.value[key] != nil }.keys.sorted()
    }
}

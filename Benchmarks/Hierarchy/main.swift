// Five ratios, each to something bare measured in the same run, the two taken in turns; the median of several rounds:
//   recording an operation     to two readings of the clock        (at most 3)
//   a hit in L1                to a look-up in a Dictionary         (at most 2)
//   a hit in L2, 20 tasks      to a Mutex around a Dictionary       (at most 2), dealt to as many shards
//   warming 500 keys of 1 KB on three instances, to reading them one by one, 16 at a time in each      (at most 0.2)
//   a key of 50,000 that are warmed, to a key of 5,000                                               (at most 1.5)
// The last two use a private redis-server and SQLite files.
// Run it with nothing else running: swift run -c release hierarchy-benchmark
import CacheHierarchy
import History
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

let rounds = 9
let keys = (0..<1000).map { "permissions:user:\($0)" }

/// Keeps the optimiser from seeing that a result is not used.
@inline(never) func consume<Value>(_ value: Value) { withExtendedLifetime(value) {} }

/// Nanoseconds for each of `count` repetitions.
func time(_ count: Int, _ body: () -> Void) -> Double {
    let start = MonotonicClock.now()
    body()
    return Double(MonotonicClock.now() - start) / Double(count)
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

struct Row {
    let name: String
    let limit: Double
    var bare: [Double] = []
    var ours: [Double] = []
    func report() -> Bool {
        let ratio = median(zip(ours, bare).map { $0 / $1 })
        let figures = "\(Int(median(ours))) ns against \(Int(median(bare))) ns"
        let shown = (ratio * 100).rounded() / 100
        print("\(name): \(figures), ratio \(shown) (at most \(limit)) \(ratio <= limit ? "met" : "MISSED")")
        return ratio <= limit
    }
}

func recording() -> Row {
    var row = Row(name: "recording an operation, its two clock readings included", limit: 3)
    let count = 1_000_000
    for _ in 0..<rounds {
        row.bare.append(
            time(count) {
                for _ in 0..<count {
                    let start = MonotonicClock.now()
                    consume(MonotonicClock.now() &- start)
                }
            })
        let log = Recorder(keys: keys).makeLog(instance: 0, worker: 0)
        log.reserve(count)
        row.ours.append(
            time(count) {
                for index in 0..<count {
                    let start = MonotonicClock.now()
                    log.record(
                        Operation(
                            kind: .read, key: Int32(truncatingIfNeeded: index & 511), version: 1, layer: .l1,
                            start: start,
                            end: MonotonicClock.now()))
                }
            })
    }
    return row
}

struct MemoryOrigin: Origin {
    func load(_ key: String) async throws -> OriginRecord {
        OriginRecord(version: 1, value: Array(key.utf8), tags: ["t"])
    }
    func commit(_ key: String, value: [UInt8]?, tags: [String]) async throws -> Int64 { 1 }
}

func makeInstance(_ layers: [Layer]) async throws -> CacheInstance {
    try await CacheInstance.start(
        id: "benchmark",
        configuration: HierarchyConfiguration(
            layers: layers.map { HierarchyConfiguration.LayerConfiguration($0, capacity: 10_000) },
            lease: 3_600_000_000_000),
        origin: MemoryOrigin(), shared: LocalSharedTier())
}

func firstLayer() async throws -> Row {
    var row = Row(name: "a hit in L1", limit: 2)
    let instance = try await makeInstance([.l1])
    let worker = instance.makeWorker()
    var dictionary: [String: CacheEntry] = [:]
    for key in keys { dictionary[key] = try await worker.read(key).entry }
    let count = 1_000_000
    for _ in 0..<rounds {
        row.bare.append(
            time(count) {
                for _ in 0..<(count / keys.count) { for key in keys { consume(dictionary[key]) } }
            })
        let start = MonotonicClock.now()
        for _ in 0..<(count / keys.count) {
            for key in keys { consume(try await worker.read(key).entry) }
        }
        row.ours.append(Double(MonotonicClock.now() - start) / Double(count))
    }
    await instance.stop()
    return row
}

final class Shard: Sendable {
    let entries = Mutex<[String: CacheEntry]>([:])
}

func secondLayer() async throws -> Row {
    var row = Row(name: "a hit in L2 by 20 tasks", limit: 2)
    let instance = try await makeInstance([.l2])
    let shards = (0..<16).map { _ in Shard() }
    /// The bare one deals by Swift's own hash.
    @Sendable func shard(of key: String) -> Shard { shards[key.hashValue & 15] }
    for key in keys {
        let entry = try await instance.makeWorker().read(key).entry
        shard(of: key).entries.withLock { $0[key] = entry }
    }
    let tasks = 20
    let perTask = 50_000
    func run(_ body: @escaping @Sendable () async throws -> Void) async throws -> Double {
        let start = MonotonicClock.now()
        try await withThrowingTaskGroup { group in
            for _ in 0..<tasks { group.addTask { try await body() } }
            try await group.waitForAll()
        }
        return Double(MonotonicClock.now() - start) / Double(tasks * perTask)
    }
    for _ in 0..<rounds {
        row.bare.append(
            try await run {
                for _ in 0..<(perTask / keys.count) {
                    for key in keys { consume(shard(of: key).entries.withLock { $0[key] }) }
                }
            })
        row.ours.append(
            try await run {
                let worker = instance.makeWorker()
                for _ in 0..<(perTask / keys.count) {
                    for key in keys { consume(try await worker.read(key).entry) }
                }
            })
    }
    await instance.stop()
    return row
}

let rows = [recording(), try await firstLayer(), try await secondLayer()] + (try await Warming.rows())
var areAllMet = true
for row in rows { areAllMet = row.report() && areAllMet }
if !areAllMet { exit(1) }

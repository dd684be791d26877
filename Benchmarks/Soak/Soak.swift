// A cluster at full speed for a long time: does memory grow, do connections leak?
//
// Four instances with all four layers on a private redis-server and SQLite. 20 workers do one operation after the other
// (85 % reads, 12 % writes, 2 % invalidations, 1 % of tags). Nothing is recorded. Every second it prints operations,
// memory and connections at the server. At the end it prints the slopes of memory after the first fifth of the
// time, in which caches and pools fill up. Allocated memory must be flat. Resident memory is printed beside it. The
// caches of glibc for each thread fill for many minutes and count as allocated:
// GLIBC_TUNABLES=glibc.malloc.tcache_count=0:glibc.malloc.arena_max=1 disables them.
// Run it alone on the machine: swift run -c release soak-benchmark [seconds, 300 by default]
import CAllocation
import CacheHierarchy
import Foundation
import History
import Processes
import RedisClient
import Simulation
import Support

@main
struct Soak {
    static let workersPerInstance = 5
    static let keys = (0..<200).map { "permissions:\($0)" }
    static let name = "soak"

    struct Sample {
        var seconds: Double
        var operations: Int
        /// Bytes.
        var resident: Int
        var allocated: Int
        var connections: Int
    }

    /// What all workers have done up to now.
    final class Counts: Sendable {
        private let figures = Lock((operations: 0, failed: 0))
        var operations: Int { figures.withLock { $0.operations } }
        var failed: Int { figures.withLock { $0.failed } }
        func add(_ hasFailed: Bool) {
            figures.withLock { figures in
                if hasFailed { figures.failed += 1 } else { figures.operations += 1 }
            }
        }
    }

    static func main() async throws {
        let seconds = CommandLine.arguments.dropFirst().first.flatMap { Double($0) } ?? 300
        guard seconds >= 10 else { fatalError("found \(seconds) s, expected 10 or more") }
        let server = try await RedisServer.open(.privateServer)
        do {
            let isFlat = try await soak(for: seconds, on: server)
            await server.close()
            exit(isFlat ? 0 : 1)
        } catch {
            await server.close()
            throw error
        }
    }

    static func soak(for seconds: Double, on server: RedisServer) async throws -> Bool {
        let folder = server.folder
        var redis = server.configuration
        redis.clientName = name
        let pool = RedisPool(redis)
        let watcher = try await RedisConnection.connect(server.configuration)
        let origin = try SQLiteOrigin(path: folder + "/origin.sqlite")
        _ = try await origin.seed(keys.map { ($0, [UInt8](repeating: 1, count: 200), ["user_session"]) })
        let configuration = HierarchyConfiguration(
            layers: [Layer.l1, .l2, .l3, .redis].map { HierarchyConfiguration.LayerConfiguration($0, capacity: 1000) })
        let shared = RedisSharedTier(.init(namespace: try RedisNamespace(name)), pool: pool, server: redis)
        var instances: [CacheInstance] = []
        for number in 0..<4 {
            instances.append(
                try await CacheInstance.start(
                    id: "soak-\(number)", configuration: configuration, origin: origin, shared: shared,
                    host: try SQLiteHostStore(path: folder + "/host-\(number).sqlite", capacity: 1000)))
        }
        let counts = Counts()
        var samples: [Sample] = []
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, instance) in instances.enumerated() {
                for worker in 0..<workersPerInstance {
                    let seed = UInt64(number * workersPerInstance + worker + 1)
                    group.addTask { await work(instance.makeWorker(), seed: seed, counts) }
                }
            }
            let start = MonotonicClock.now()
            print("   s   operations/s   resident MB   allocated MB   connections")
            var before = 0
            for second in 1...Int(seconds) {
                let due = start + Int64(second) * 1_000_000_000
                try await Task.sleep(for: .nanoseconds(max(0, due - MonotonicClock.now())))
                let list = try await watcher.send(RedisCommand("CLIENT", "LIST")).string ?? ""
                let sample = Sample(
                    seconds: Double(MonotonicClock.now() - start) / 1e9, operations: counts.operations,
                    resident: ResidentMemory.bytes() ?? 0, allocated: Int(allocation_bytes()),
                    connections: list.split(separator: "\n").count { $0.contains(" name=soak") })
                if second % max(1, Int(seconds) / 30) == 0 {
                    let since = samples.last { $0.seconds < sample.seconds - Double(max(1, Int(seconds) / 30)) + 0.5 }
                    let rate = Double(sample.operations - before) / (sample.seconds - (since?.seconds ?? 0))
                    before = sample.operations
                    print(
                        String(
                            format: "%4d %14.0f %13.1f %14.2f %13d", second, rate, Double(sample.resident) / 1e6,
                            Double(sample.allocated) / 1e6, sample.connections))
                }
                samples.append(sample)
            }
            group.cancelAll()
        }
        for instance in instances { await instance.stop() }
        await watcher.close()
        await pool.close()
        return report(samples, failed: counts.failed)
    }

    static func work(_ worker: CacheWorker, seed: UInt64, _ counts: Counts) async {
        var random = SeededRandom(seed: seed)
        let value = [UInt8](repeating: 2, count: 200)
        while !Task.isCancelled {
            let key = keys[Int.random(in: 0..<keys.count, using: &random)]
            do {
                switch Int.random(in: 0..<100, using: &random) {
                case 0..<85: _ = try await worker.read(key)
                case 85..<97: _ = try await worker.write(key, value, tags: ["user_session"])
                case 97..<99: _ = try await worker.invalidate(keys: [key])
                default: _ = try await worker.invalidate(tags: ["user_session"])
                }
                counts.add(false)
            } catch {
                if !Task.isCancelled { counts.add(true) }
            }
        }
    }

    /// Returns the slope that decides about a leak: that of allocated memory where it is known.
    ///
    /// Resident memory also includes code, stacks, and memory that the allocator keeps after it was freed. It keeps
    /// this memory in arenas, and takes more from the system when a thread needs memory that another arena has. Resident
    /// memory therefore grows in steps for minutes, without a leak.
    private static func judged(_ resident: Slope, _ allocated: Slope) -> Slope {
        allocated.mean == 0 ? resident : allocated
    }

    /// The change of a quantity over time, by least squares.
    struct Slope {
        let mean: Double
        /// Per minute.
        let slope: Double
        var percent: Double { mean == 0 ? 0 : 100 * slope / mean }

        init(_ samples: [Sample], _ quantity: (Sample) -> Int) {
            let count = Double(samples.count)
            let meanTime = samples.reduce(0) { $0 + $1.seconds } / count
            let mean = samples.reduce(0) { $0 + Double(quantity($1)) } / count
            slope =
                60 * samples.reduce(0) { $0 + ($1.seconds - meanTime) * (Double(quantity($1)) - mean) }
                / samples.reduce(0) { $0 + ($1.seconds - meanTime) * ($1.seconds - meanTime) }
            self.mean = mean
        }

        func line(_ name: String) -> String {
            String(
                format: "%@: %.2f MB on average, slope %+.3f MB a minute (%+.2f %%)", name, mean / 1e6, slope / 1e6,
                percent)
        }
    }

    /// - Returns: whether memory was flat and connections did not grow.
    static func report(_ samples: [Sample], failed: Int) -> Bool {
        let steady = samples.filter { $0.seconds > (samples.last?.seconds ?? 0) / 5 }
        let (resident, allocated) = (Slope(steady, \.resident), Slope(steady, \.allocated))
        let judged = judged(resident, allocated)
        let connections = steady.map(\.connections)
        let total = samples.last?.operations ?? 0
        print(resident.line("resident"))
        if allocated.mean > 0 { print(allocated.line("allocated") + "; at most 1 % a minute") }
        print("connections: \(connections.min() ?? 0) to \(connections.max() ?? 0)")
        print("operations: \(total), \(failed) failed")
        let isFlat = judged.percent <= 1 && connections.max() == connections.min() && failed == 0 && total > 0
        print(isFlat ? "met" : "MISSED")
        return isFlat
    }
}

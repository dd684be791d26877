import CacheHierarchy
import History
import RedisClient
import Processes

/// Warming on real parts: a private redis-server, SQLite files for the origin and for the hosts' L3.
struct Warming {
    private let server: RedisServer
    private let pool: RedisPool
    private let origin: SQLiteOrigin
    /// How many clusters were made: each has names and files of its own.
    private var clusters = 0

    static func rows() async throws -> [Row] {
        let server = try await RedisServer.open(.privateServer)
        let pool = RedisPool(server.configuration)
        do {
            var warming = Warming(
                server: server, pool: pool, origin: try SQLiteOrigin(path: server.folder + "/origin.sqlite"))
            let rows = [try await warming.bulk(), try await warming.growth()]
            await pool.close()
            await server.close()
            return rows
        } catch {
            await pool.close()
            await server.close()
            throw error
        }
    }

    private mutating func bulk() async throws -> Row {
        var row = Row(name: "warming 500 keys on three instances, a key", limit: 0.2)
        let keys = try await seed(500)
        for _ in 0..<rounds {
            row.bare.append(try await measure(3, keys) { await Self.readEach($1, by: $0) })
            row.ours.append(try await measure(3, keys) { await $0.warm($1).warmed })
        }
        return row
    }

    private mutating func growth() async throws -> Row {
        var row = Row(name: "warming 50,000 keys, a key, against 5,000", limit: 1.5)
        let keys = try await seed(50_000)
        for _ in 0..<3 {
            row.bare.append(try await measure(1, Array(keys.prefix(5_000))) { await $0.warm($1).warmed })
            row.ours.append(try await measure(1, keys) { await $0.warm($1).warmed })
        }
        return row
    }

    private func seed(_ count: Int) async throws -> [String] {
        let keys = (0..<count).map { "schema:\($0)" }
        _ = try await origin.seed(keys.map { ($0, [UInt8](repeating: 1, count: 1_000), ["schema_metadata"]) })
        return keys
    }

    /// Nanoseconds a key, for all instances together.
    /// - Parameter body: fills the layers of one instance, and says how many keys it has filled.
    private mutating func measure(
        _ count: Int, _ keys: [String], _ body: @escaping @Sendable (CacheInstance, [String]) async -> Int
    ) async throws -> Double {
        clusters += 1
        let shared = RedisSharedTier(
            .init(namespace: try RedisNamespace("warming-\(clusters)")), pool: pool, server: server.configuration)
        let configuration = HierarchyConfiguration(
            layers: [Layer.l2, .l3, .redis].map { .init($0, capacity: 100_000) }, lease: 60_000_000_000)
        var instances: [CacheInstance] = []
        for number in 0..<count {
            let path = "\(server.folder)/host-\(clusters)-\(number % 2).sqlite"
            instances.append(
                try await CacheInstance.start(
                    id: "warming-\(clusters)-\(number)", configuration: configuration, origin: origin, shared: shared,
                    host: try SQLiteHostStore(path: path, capacity: 100_000)))
        }
        let start = MonotonicClock.now()
        let filled = await withTaskGroup(of: Int.self) { group in
            for instance in instances { group.addTask { await body(instance, keys) } }
            return await group.reduce(0, +)
        }
        let duration = MonotonicClock.now() - start
        for instance in instances { await instance.stop() }
        guard filled == count * keys.count else { fatalError("filled \(filled) of \(count * keys.count) keys") }
        _ = try await pool.send(RedisCommand("FLUSHALL"))
        return Double(duration) / Double(keys.count)
    }

    /// As a warming without batches would do it.
    private static func readEach(_ keys: [String], by instance: CacheInstance) async -> Int {
        await withTaskGroup(of: Int.self) { group in
            let lanes = 16
            for lane in 0..<lanes {
                group.addTask {
                    let worker = instance.makeWorker()
                    var filled = 0
                    for place in stride(from: lane, to: keys.count, by: lanes)
                    where (try? await worker.read(keys[place])) != nil { filled += 1 }
                    return filled
                }
            }
            return await group.reduce(0, +)
        }
    }
}

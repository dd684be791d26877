import Foundation
import History
import RedisClient
import Scenarios

/// Measures, while a scenario runs, what it takes: connections, memory, keys in Redis.
actor ResourceSampler {
    private let world: LiveWorld
    private let track: Track
    /// Often enough to meet the load of a phase, seldom enough not to be one.
    private static let interval: Int64 = 50_000_000

    init(_ world: LiveWorld) {
        self.world = world
        track = world.recorder.makeTrack(instance: -1)
    }

    /// Measures until it is cancelled.
    func run() async {
        while !Task.isCancelled {
            await sample()
            try? await world.clock.sleep(nanoseconds: Self.interval)
        }
    }

    /// Measures once. What cannot be measured (Redis is away) is not recorded.
    func sample() async {
        await record(.memory) { Self.residentMemory() }
        await record(.connections) { await self.connections() }
        await record(.redisKeys) { await self.keys() }
    }

    private func record(_ resource: Resource, _ measure: () async -> Int?) async {
        let start = world.clock.now()
        guard let amount = await measure() else { return }
        track.record(
            Operation(
                kind: .gauge, key: track.number(ofKey: resource.rawValue), value: Int64(amount), start: start,
                end: world.clock.now()))
    }

    private func connections() async -> Int? {
        guard let list = try? await world.pool.send(RedisCommand("CLIENT", "LIST")).string else { return nil }
        return list.split(separator: "\n").count { line in
            line.split(separator: " ").contains { $0.hasPrefix("name=" + world.prefix + ".") }
        }
    }

    private func keys() async -> Int? {
        // A scan may return a key twice.
        var keys: Set<String> = []
        do {
            try await world.forEachPortionOfKeys { keys.formUnion($0) }
        } catch {
            return nil
        }
        return keys.count
    }

    /// What of this process is in memory, in bytes.
    private static func residentMemory() -> Int? {
        #if os(Linux)
            guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
            return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map {
                $0 * Int(sysconf(Int32(_SC_PAGESIZE)))
            }
        #else
            var info = mach_task_basic_info()
            var count = mach_msg_type_number_t(MemoryLayout<mach_task_basic_info>.size / MemoryLayout<natural_t>.size)
            let result = withUnsafeMutablePointer(to: &info) {
                $0.withMemoryRebound(to: integer_t.self, capacity: Int(count)) {
                    task_info(mach_task_self_, task_flavor_t(MACH_TASK_BASIC_INFO), $0, &count)
                }
            }
            return result == KERN_SUCCESS ? Int(info.resident_size) : nil
        #endif
    }
}

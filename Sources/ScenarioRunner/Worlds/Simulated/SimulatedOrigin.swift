import CacheHierarchy
import Simulation

/// An origin at the other end of a network: others may come first on the way there, and on the way back.
struct SimulatedOrigin: SeededOrigin {
    private let origin = MemoryOrigin()

    func load(_ key: String) async throws -> OriginRecord {
        await Simulation.point("load", touching: SimulatedPart.origin(key: key), writes: false)
        let record = try await origin.load(key)
        await Simulation.point("loaded")
        return record
    }

    func commit(_ key: String, value: [UInt8]?, tags: [String]) async throws -> Int64 {
        await Simulation.point("commit", touching: SimulatedPart.origin(key: key), writes: true)
        let version = try await origin.commit(key, value: value, tags: tags)
        await Simulation.point("committed")
        return version
    }

    func seed(_ records: [(key: String, value: [UInt8], tags: [String])]) async throws -> [Int64] {
        try await origin.seed(records)
    }
}

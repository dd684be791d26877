import CacheHierarchy
import Simulation

/// An origin at the other end of a network: others may come first on the way there, and on the way back, in the order
/// that the clock's points decide.
struct PointedOrigin<Source: SeededOrigin, Clock: PointedClock>: SeededOrigin {
    let origin: Source
    let clock: Clock

    func load(_ key: String) async throws -> OriginRecord {
        await clock.point("load", touching: .origin(key: key), writes: false)
        let record = try await origin.load(key)
        await clock.waypoint("loaded")
        return record
    }

    func load(_ keys: [String]) async throws -> [OriginRecord] {
        guard let first = keys.first else { return [] }
        await clock.point("load", touching: .origin(key: first), writes: false)
        for key in keys.dropFirst() { Simulation.touch(SimulatedPart.origin(key: key), .reads) }
        let records = try await origin.load(keys)
        await clock.waypoint("loaded")
        return records
    }

    func commit(_ key: String, value: [UInt8]?, tags: [String]) async throws -> Int64 {
        await clock.point("commit", touching: .origin(key: key), writes: true)
        let version = try await origin.commit(key, value: value, tags: tags)
        await clock.waypoint("committed")
        return version
    }

    func update(
        _ key: String, tags: [String], _ change: @escaping @Sendable ([UInt8]?) -> [UInt8]?
    ) async throws -> Int64 {
        await clock.point("commit", touching: .origin(key: key), writes: true)
        let version = try await origin.update(key, tags: tags, change)
        await clock.point("committed")
        return version
    }

    func seed(_ records: [(key: String, value: [UInt8], tags: [String])]) async throws -> [Int64] {
        try await origin.seed(records)
    }
}

import CacheProviders
import Foundation
import History
import RedisClient
import Subprocess

/// A folder with a storage, and a Redis server that a test can start in it. The rig removes the folder at its end.
struct Rig: Sendable {
    let folder: String

    var storage: String { folder + "/records.sqlite" }
    var url: String { "unix://\(folder)/redis" }

    static func with(_ body: (Rig) async throws -> Void) async throws {
        // The path is short, because the path of a Unix socket has at most about a hundred characters.
        let rig = Rig(folder: "/tmp/providers-\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(atPath: rig.folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: rig.folder) }
        try await body(rig)
    }

    /// Runs a server during the body.
    func withRedis(_ body: () async throws -> Void) async throws {
        let arguments: Arguments = [
            "--port", "0", "--unixsocket", "\(folder)/redis", "--save", "", "--appendonly", "no", "--dir", "\(folder)",
        ]
        _ = try await run(
            .name("redis-server"), arguments: arguments, input: .none, output: .discarded, error: .discarded
        ) { server in
            do {
                try await body()
            } catch {
                try server.send(signal: .kill)
                throw error
            }
            try server.send(signal: .kill)
        }
    }

    /// The settings of a service.
    func settings(_ kind: ProviderKind) throws -> ProviderSettings {
        // Longer than any test, so that no test passes because of the time.
        ProviderSettings(
            kind, storagePath: storage, redis: kind.usesRedis ? try RedisConfiguration(url: url) : nil,
            memoryLifetime: .seconds(3_600))
    }

    /// The settings of a process.
    func environment(_ kind: ProviderKind) -> [String: String] {
        [
            "CACHE_PROVIDER": kind.rawValue, "CACHE_STORAGE_PATH": storage, "REDIS_URL": url,
            "MEMORY_CACHE_TTL_SECONDS": "3600",
        ]
    }
}

import Foundation

@testable import Scenarios

/// A scenario without errors, to put errors into.
enum ValidScenario {
    static let file = "chain.yaml"
    static let text = """
        scenario: Chain
        impact: { protects: [Acme], revenue: 1000 EUR/month }
        worlds: [live]
        cluster:
          instances: 2
          hosts: 2
          workers: 3
          invalidation: acknowledged
          time-scale: 10
          layers:
            - L1: { capacity: 10 entries, ttl: 1s, eviction: lru }
            - redis: { ttl: 2s }
        data:
          users: { keys: 10, value: 1 KB, tags: [people] }
          plans: { keys: 5 }
        phases:
          - read: { name: fill, data: users, by: every worker }
          - write: { data: [users, plans], keys: 5, by: one worker }
          - invalidate-tag: { tags: [people], by: one worker }
          - mix: { name: race, data: users, operations: 50 per worker, read: 90 %, write: 10 %, distribution: zipf, skew: 1.1 }
          - wait: 3s
          - inspect: everything
        checks:
          - linearizable
          - staleness: { at-most: 10ms }
          - expiry: { tolerance: 5ms }
          - convergence
          - tags
        targets:
          - { metric: propagation, statistic: p95, limit: "< 100ms", warning: "< 50ms", where: { phase: race } }
          - { metric: hit-ratio, limit: ">= 50 %", where: { layer: L1 } }
        vary:
          workers: [1, 3]

        """

    /// A folder without tables of targets, so that no test finds those of the package.
    static let noTables = "/nonexistent/Fixtures/Targets"

    /// The errors of a text, as they are printed; empty if it is valid.
    static func errors(in text: String, targetsFolder: String = noTables) -> [String] {
        do throws(ScenarioErrors) {
            _ = try ScenarioLoader(targetsFolder: targetsFolder).decode(text, file: file)
            return []
        } catch {
            return error.diagnostics.map(\.description)
        }
    }

    /// The errors after one text in the valid scenario has been replaced.
    static func errors(replacing old: String, by new: String) -> [String] {
        precondition(text.contains(old), "nothing to replace: \(old)")
        return errors(in: text.replacing(old, with: new, maxReplacements: 1))
    }
}

/// A folder that is removed when the last reference to it goes.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/scenarios-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file, with the folders above it, and returns its path.
    @discardableResult
    func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
        let file = URL(fileURLWithPath: "\(path)/\(name)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
        return "\(path)/\(name)"
    }
}

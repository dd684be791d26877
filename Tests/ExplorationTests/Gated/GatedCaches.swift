import Checking
import Foundation
import GatedWorld
import Judging
import Processes
import Scenarios

@testable import Exploration

/// Caches with leases in processes, and ways to break them: see `Fixtures/Adapters/lease_cache.py`.
enum GatedCaches {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    static let mix = """
        phases:
          - mix: { name: traffic, data: rows, operations: 20 per worker, read: 70%, write: 30% }
        """

    /// - Parameters:
    ///   - style: `threads` or `asyncio`.
    ///   - bug: one of those of the cache.
    static func scenario(
        _ style: String = "asyncio", bug: String = "none", phases: String = mix, instances: Int = 2,
        command: String? = nil
    ) throws -> Scenario {
        let cache = "PYTHONDONTWRITEBYTECODE=1 PYTHONPATH='\(root)/Adapters/python' exec python3 "
            + "'\(root)/Fixtures/Adapters/lease_cache.py' \(style)"
        let text = """
            scenario: leases
            subject: { command: "\(command ?? cache)", config: { bug: \(bug) } }
            cluster: { instances: \(instances), workers: 2 }
            data: { rows: { keys: 2, value: 60 B } }
            \(phases)
            checks: [fresh-after-invalidation, linearizable]
            """
        return try ScenarioLoader().decode(text, file: "leases.yaml")
    }

    static func explore(
        _ scenario: Scenario, _ change: (inout GatedExplorer.Configuration) -> Void = { _ in }
    ) async throws -> ScenarioExploration {
        var configuration = GatedExplorer.Configuration()
        change(&configuration)
        let variant = scenario.variants()[0]
        return try await GatedExplorer(configuration).explore(variant)
    }

    /// Does something with a search on a private Redis, on a thread of its own.
    static func searching<Value: Sendable>(
        _ scenario: Scenario, _ body: @escaping @Sendable (GatedSearch) throws -> Value
    ) async throws -> Value {
        try await GatedSurroundings.with { surroundings in
            var configuration = GatedExplorer.Configuration()
            configuration.schedules = 100_000
            let search = GatedSearch(configuration, scenario, Examinations([]), until: nil) { scenario, holdsTime in
                guard let subject = scenario.subject else { throw GatedError.notHere("no subject") }
                return try GatedWorld(
                    scenario, of: subject, on: surroundings.server, seed: 1, time: holdsTime ? surroundings.time : nil)
            }
            defer { search.close() }
            return try body(search)
        }
    }
}

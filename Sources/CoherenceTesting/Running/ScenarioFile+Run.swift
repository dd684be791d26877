import Judging
import Processes
import ScenarioRunner
import Scenarios
import Testing

/// Where a scenario runs on a Swift cache.
public enum ScenarioWorld: Sendable, Hashable {
    /// With real time and a real Redis, which is started for it.
    case live
    /// In virtual time, in an order that the seed decides: the same seed is the same run. Without Redis.
    case simulated
}

extension ScenarioFile {
    /// Runs the scenario on a cache, and records an issue for everything that is wrong.
    ///
    /// What is violated, what could not be judged and what went wrong are errors. A missed target of speed is a
    /// warning in a debug build, which proves nothing about speed, and an error in a release build. An issue is
    /// recorded at its line of the scenario file, and its comment has the operations that prove it. The whole report
    /// and the history are attached to the test.
    /// - Parameters:
    ///   - make: makes one instance of the cache, for example `MyCache.init`.
    ///   - world: where to run it.
    ///   - seed: decides what each worker does, and in a simulation the schedule too; otherwise `COHERENCE_SEED` of
    ///     the environment does, and without that chance.
    /// - Throws: `CancellationError` if the test is cancelled.
    public func run<Subject: CacheSubject>(
        on make: @escaping @Sendable (CacheSurroundings) async throws -> Subject, in world: ScenarioWorld = .live,
        seed: UInt64? = nil
    ) async throws {
        let issues = IssueRecorder(self)
        guard let scenario = issues.load() else { return }
        let seed = seed ?? TestSeed.given ?? UInt64.random(in: 1...999_999_999)
        var configuration = ScenarioRunner.Configuration()
        configuration.worlds = [world == .live ? .live : .simulated]
        configuration.subject = LocalSubject(making: make)
        do {
            let runner = try await ScenarioRunner.open(configuration)
            let results = await runner.run(scenario, seed: seed)
            let remains = await runner.close()
            try Task.checkCancellation()
            for result in results { issues.record(result) }
            if results.isEmpty { issues.record("nothing was run", line: 1) }
            if let remains { issues.record(remains, line: 1) }
        } catch let error as WorldError {
            issues.record("unknown: \(error)", line: 1)
        }
    }
}

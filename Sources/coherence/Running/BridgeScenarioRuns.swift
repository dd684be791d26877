import BridgeTrial
import History
import Judging
import Processes
import ScenarioRunner
import Scenarios

/// Runs scenarios of event bridges among those of clusters.
struct BridgeScenarioRuns: Sendable {
    let redis: RedisServer.Source
    let keyLifetime: Duration?
    /// `nil` if the path of this program is not known.
    let program: InstanceProgram?
    let timeout: Duration?
    let progress: ProgressLine
    /// Given each as it ends.
    let onEnd: @Sendable (BridgeRun) -> Void

    /// Runs it in the live world, if that was asked for; it runs in no other.
    /// - Parameter again: how often it is tried again if it is only too slow.
    func run(_ scenario: BridgeScenario, seed: UInt64, in worlds: [World], again: Int = 0) async -> [BridgeRun] {
        guard worlds.contains(.live) else { return [] }
        progress.show(.started(scenario: scenario.name, seed: seed))
        var runner = BridgeRunner(program: program ?? InstanceProgram(path: "", arguments: []))
        runner.redis = redis
        runner.keyLifetime = keyLifetime
        runner.onRemains = { Console.error("coherence: \($0)".printable) }
        runner.timeout = timeout
        var run = await runner.run(scenario)
        for _ in 0..<again where run.verdict == .missed && !Task.isCancelled {
            guard run.targets.allSatisfy({ $0.verdict != .missed || $0.isOfSpeed }) else { break }
            run = await runner.run(scenario)
        }
        progress.finish(run.verdict)
        onEnd(run)
        return [run]
    }
}

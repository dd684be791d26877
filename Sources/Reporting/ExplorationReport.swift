import ScenarioRunner
import Scenarios

/// What came of exploring scenarios.
public struct ExplorationReport: Sendable {
    /// The version of the framework that made it.
    public var version: String
    /// Decided every workload and schedule.
    public var seed: UInt64
    /// In their order.
    public var explorations: [ScenarioExploration]

    public init(version: String, seed: UInt64, explorations: [ScenarioExploration]) {
        self.version = version
        self.seed = seed
        self.explorations = explorations
    }

    /// A violation if anything was found; unknown if nothing was run; else a pass.
    public var verdict: RunVerdict { explorations.map(\.verdict).max() ?? .unknown }

    /// The exit code that tells it to a script.
    public var exitCode: ExitCode { ExitCode(verdict) }
}

extension ScenarioExploration {
    /// Unknown if nothing was run, or if an exhaustive exploration proves nothing.
    var verdict: RunVerdict {
        if !failures.isEmpty { return .violation }
        return progress.schedules == 0 || certificate?.isProof == false ? .unknown : .pass
    }

    var digestText: String? { digest.map { String($0, radix: 16) } }

    /// The command that replays what was found.
    func replayCommand(_ failure: FoundFailure) -> String {
        let saved = saved(failure, digest: "")
        func option(_ name: String, _ value: String) -> [String] { value.isEmpty ? [] : ["--\(name) '\(value)'"] }
        return
            (["coherence replay '\(saved.scenario)'"] + option("variant", saved.variant)
            + saved.defects.map { "--defect \($0)" } + option("part", saved.part)
            + ["--operations '\(saved.operations)'", "--schedule \(saved.schedule)"]).joined(separator: " ")
    }

    /// What was found, to be written into a file.
    /// - Parameter digest: of the scenario's text.
    public func saved(_ failure: FoundFailure, digest: String) -> SavedFailure {
        SavedFailure(
            scenario: variant.scenario.file, digest: digest, variant: variant.label,
            defects: defects.map(\.rawValue).sorted(), part: failure.isWhole ? "" : "\(failure.part)",
            operations: failure.plan, schedule: "\(failure.schedule)", reason: failure.reason)
    }
}

import ScenarioRunner

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
    public var verdict: RunVerdict {
        explorations.map(\.verdict).max() ?? .unknown
    }

    /// The exit code that tells it to a script.
    public var exitCode: ExitCode { ExitCode(verdict) }
}

extension ScenarioExploration {
    /// Unknown if nothing was run, or if an exhaustive exploration proves nothing.
    var verdict: RunVerdict {
        if failure != nil { return .violation }
        return progress.schedules == 0 || certificate?.isProof == false ? .unknown : .pass
    }

    /// The command that replays what was found.
    var replayCommand: String? {
        failure.map { failure in
            let variant = scenario.name.split(separator: "[").dropFirst().first?.dropLast()
            return
                (["coherence replay '\(scenario.file)'"] + (variant.map { ["--variant '\($0)'"] } ?? [])
                + defects.map { "--defect \($0.rawValue)" }.sorted()
                + ["--operations '\(failure.plan)'", "--schedule \(failure.schedule)"]).joined(separator: " ")
        }
    }
}

import CacheHierarchy
import Exploration
import Judging
import Scenarios

/// What came of exploring scenarios.
public struct ExplorationReport: Sendable {
    /// The version of the framework that made it.
    public var version: String
    /// Decided every workload and schedule.
    public var seed: UInt64
    /// In their order.
    public var explorations: [ScenarioExploration]
    /// What was asked and not explored.
    public var notRun: [NotRun] = []
    /// The signal that ended it early, if one did.
    public var signal: Int32?
    /// The deliberate bugs that the cache had.
    public var defects: Set<Defect> = []
    /// The options of the call that decide what is explored, besides the seed, the variant and the defects: `--operations 5`.
    public var options: [String] = []
    /// When, where and of what it was made; `nil` if nobody looked.
    public var circumstances: ReportCircumstances?
    /// What was kept of what was found.
    public var evidence: [EvidenceFolder.Kept] = []

    public init(version: String, seed: UInt64, explorations: [ScenarioExploration]) {
        self.version = version
        self.seed = seed
        self.explorations = explorations
    }

    /// A violation if anything was found; unknown if nothing was run, or if something that was asked was not examined or
    /// interrupted; else a pass.
    public var verdict: RunVerdict {
        max(explorations.map(\.verdict).max() ?? .unknown, notRun.contains { $0.isInterrupted } ? .unknown : .pass)
    }

    /// The exit code that tells it to a script.
    public var exitCode: ExitCode { signal.map(ExitCode.init(signal:)) ?? ExitCode(verdict) }

    /// The call that explores a variant again, in the same way.
    package func exploreCommand(_ exploration: ScenarioExploration) -> String {
        let variant = exploration.variant
        var words = ["coherence explore \(ShellWord.quoted(variant.scenario.file))"]
        if !variant.label.isEmpty { words.append("--variant \(ShellWord.quoted(variant.label))") }
        words += options + ReproduceLine.options(variant.scenario.overrides)
        if !exploration.isWithoutSeed { words.append("--seed \(seed)") }
        return (words + exploration.defects.map { "--defect \($0.rawValue)" }.sorted()).joined(separator: " ")
    }
}

extension ScenarioExploration {
    /// Whether nothing of it is left to chance.
    var isWithoutSeed: Bool { certificate != nil || gated?.isProof != nil }

    var digestText: String? { digest.map { String($0, radix: 16) } }

    /// Why the verdict is unknown.
    package var doubt: String {
        if isInterrupted {
            return "interrupted after \(Figures.count(progress.schedules, "schedule")), of which none violates a check"
        }
        if progress.schedules == 0 { return "no schedule was run" }
        if let doubt = gated?.doubt { return doubt }
        if let (check, reason) = gated?.notAsked.min(by: { $0.key < $1.key }) {
            return "\(check) cannot be asked: \(reason)"
        }
        if let gated, gated.isDoubtful(of: progress.schedules) {
            return
                "\(Figures.count(gated.void)) of \(Figures.count(progress.schedules, "schedule")) do not count, because a "
                + "process moved by itself: more than one in a hundred"
        }
        if let gated, let missing = gated.missingFaults.first {
            return "in no schedule this happened: \(missing)"
        }
        if let gated, gated.isProof == false { return "not every order within the bound was visited" }
        if examined.isEmpty { return "the scenario asks nothing that a simulation can judge" }
        let idle = examined.filter { !$0.hasExamined }.map(\.name)
        if !idle.isEmpty { return "\(idle.joined(separator: ", ")) examined nothing in any schedule" }
        return "not every schedule was visited"
    }

    /// The command that replays what was found; of a gated run, whose messages are too many for a line, the one that
    /// finds it again.
    /// - Parameter report: that it is part of.
    package func replayCommand(_ failure: FoundFailure, in report: ExplorationReport) -> String {
        gated == nil ? replayCommand(failure) : report.exploreCommand(self)
    }

    private func replayCommand(_ failure: FoundFailure) -> String {
        let saved = saved(failure, digest: "")
        func option(_ name: String, _ value: String) -> [String] {
            value.isEmpty ? [] : ["--\(name) \(ShellWord.quoted(value))"]
        }
        return
            (["coherence replay \(ShellWord.quoted(saved.scenario))"] + option("variant", saved.variant)
            + ReproduceLine.options(saved.overrides) + saved.defects.map { "--defect \($0)" }
            + option("part", saved.part)
            + ["--operations \(ShellWord.quoted(saved.operations))", "--schedule \(saved.schedule)"])
            .joined(separator: " ")
    }

    /// What was found, to be written into a file.
    /// - Parameter digest: of the scenario's text.
    public func saved(_ failure: FoundFailure, digest: String) -> SavedFailure {
        var saved = SavedFailure(
            scenario: variant.scenario.file, digest: digest, variant: variant.label,
            defects: defects.map(\.rawValue).sorted(), part: failure.isWhole ? "" : "\(failure.part)",
            operations: failure.plan, schedule: failure.schedule, reason: failure.reason,
            gated: gated.map { _ in
                let subject = variant.scenario.subject.flatMap { $0.folder == nil ? $0.command : nil }
                return SavedFailure.Gated(subject: subject, steps: failure.steps)
            })
        saved.overrides = variant.scenario.overrides
        return saved
    }
}

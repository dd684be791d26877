import BridgeTrial
import Judging
import Scenarios

/// What a run of several scenarios came to.
public struct Report: Sendable {
    /// The version of the framework that made it.
    public var version: String
    /// Of clusters, in the order in which they ran.
    public var results: [ScenarioResult]
    /// Of event bridges, in the order in which they ran.
    public var bridges: [BridgeRun]
    /// What was asked and not run, in its order.
    public var notRun: [NotRun] = []
    /// The signal that ended the command early, if one did.
    public var signal: Int32?
    /// The server that was named for the runs, as a URL without its password; `nil` for a private one.
    public var redis: String?
    /// When, where and of what it was made; `nil` if nobody looked.
    public var circumstances: ReportCircumstances?
    /// What was kept of what failed.
    public var evidence: [EvidenceFolder.Kept] = []

    public init(version: String, results: [ScenarioResult], bridges: [BridgeRun] = []) {
        self.version = version
        self.results = results
        self.bridges = bridges
    }

    /// Adds results of clusters. What was left out is among what was not run.
    public mutating func add(_ more: [ScenarioResult]) {
        for result in more {
            guard let reason = result.skipReason else {
                results.append(result)
                continue
            }
            notRun.append(
                NotRun(
                    name: result.name, file: result.file, world: result.world, seed: result.runSeed ?? result.seed,
                    reason: reason))
        }
    }

    /// The heaviest of the results' verdicts; unknown if nothing ran, and no pass if something was interrupted.
    public var verdict: RunVerdict {
        max(verdicts.max() ?? .unknown, notRun.contains { $0.isInterrupted } ? .unknown : .pass)
    }

    var verdicts: [RunVerdict] { results.map(\.verdict) + bridges.map(\.verdict) }

    /// The exit code that tells it to a script.
    public var exitCode: ExitCode { signal.map(ExitCode.init(signal:)) ?? ExitCode(verdict) }
}

/// What a command was asked for and did not run.
public struct NotRun: Sendable, Hashable {
    /// The scenario's name, with the variant in brackets.
    public var name: String
    public var file: String
    public var world: World
    /// Names the workload, or the exploration.
    public var seed: UInt64
    public var reason: String
    /// Whether it would have been run, had the command not been interrupted.
    public var isInterrupted: Bool

    public init(name: String, file: String, world: World, seed: UInt64, reason: String, isInterrupted: Bool = false) {
        self.name = name
        self.file = file
        self.world = world
        self.seed = seed
        self.reason = reason
        self.isInterrupted = isInterrupted
    }
}

/// The exit codes of the `coherence` command.
public enum ExitCode: Int32, Sendable, CaseIterable {
    /// Everything was examined and nothing was found.
    case pass = 0
    /// A history refutes coherence.
    case violation = 1
    /// A target was missed.
    case targetMissed = 2
    /// Something could not be judged: a budget was spent, nothing was examined, no Redis was to be had.
    case unknown = 3
    /// The command was called wrongly, or a file is wrong.
    case usage = 64
    /// The run itself failed, or its output could not be written.
    case internalError = 70
    /// SIGHUP ended it early: its terminal was closed.
    case hungUp = 129
    /// Ctrl-C ended it early.
    case interrupted = 130
    /// The reader of its output closed the pipe before everything was read: as SIGPIPE would have ended it.
    case readerGone = 141
    /// SIGTERM ended it early.
    case terminated = 143

    /// Of a command that a signal ended early.
    public init(signal: Int32) { self = ExitCode(rawValue: 128 &+ signal) ?? .interrupted }

    public init(_ verdict: RunVerdict) {
        self =
            switch verdict {
            case .pass: .pass
            case .unknown: .unknown
            case .missed: .targetMissed
            case .violation: .violation
            case .error: .internalError
            }
    }
}

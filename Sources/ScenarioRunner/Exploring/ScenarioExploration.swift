import CacheHierarchy
import Scenarios
import Simulation

/// What came of exploring a scenario.
public struct ScenarioExploration: Sendable {
    public let scenario: Scenario
    /// The deliberate bugs that the cache had.
    public let defects: Set<Defect>
    /// How much was run.
    public let progress: ScenarioExplorer.Progress
    /// Seconds.
    public let duration: Double
    /// The smallest failure that was found, if any was.
    public let failure: FoundFailure?
    /// Of an exhaustive exploration.
    public var certificate: ScenarioCertificate?
}

/// A schedule of a scenario that fails, as small as it could be made.
public struct FoundFailure: Error, Sendable {
    /// The seed of the workload, and of the portion of schedules.
    public let seed: UInt64
    /// How many schedules of that portion were run until one failed.
    public let schedules: Int
    /// What is wrong, and the operations that prove it.
    public let reason: String
    /// Which task ran when, and which points it passed.
    public let story: String
    /// What the workers do in it, as `coherence replay --operations` takes it.
    public let plan: String
    /// The schedule, as `coherence replay --schedule` takes it.
    public let schedule: ReplayToken
    /// How often another task than the one before ran.
    public let switches: Int
    public let switchesWhenFound: Int
    /// How many runs shrinking took.
    public let attempts: Int
    /// How many operations are left.
    public let operations: Int

    init(_ failure: ExplorationFailure, seed: UInt64) {
        self.seed = seed
        schedules = failure.schedules
        reason = if case .failed(let error) = failure.outcome { "\(error)" } else { "\(failure.outcome)" }
        story = failure.trace.description
        plan = failure.input ?? ""
        schedule = failure.token
        switches = failure.switches
        switchesWhenFound = failure.switchesWhenFound
        attempts = failure.attempts
        operations = plan.split(whereSeparator: { $0 == " " || $0 == ";" }).count { $0.count == 1 }
    }
}

/// A check that a simulated run violates.
struct IncoherentRun: Error, CustomStringConvertible {
    let description: String
}

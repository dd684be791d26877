import Judging
import Simulation

/// A run that failed, as it was found: enough to run it again.
struct FoundRun: Sendable {
    /// Which of all schedules, counted from 1.
    let number: Int
    /// Names the workload, and the schedules that share it.
    let seed: UInt64
    let schedule: Schedule
    let strategy: String
    let switches: Int
    let preemptions: Int
    /// How many operations the workers did.
    let operations: Int

    init<Value>(_ run: SimulationRun<Value>, number: Int, seed: UInt64, strategy: Strategy, operations: Int) {
        self.number = number
        self.seed = seed
        schedule = run.schedule
        self.strategy = strategy.name
        switches = run.switches
        preemptions = run.preemptions
        self.operations = operations
    }

    /// What an exhaustive exploration found.
    init(_ failure: ExplorationFailure, seed: UInt64, operations: Int) {
        number = failure.schedules
        self.seed = seed
        schedule = failure.token.schedule
        strategy = "exhaustive search"
        switches = failure.switchesWhenFound
        preemptions = failure.preemptionsWhenFound
        self.operations = operations
    }
}

/// What failing runs have in common before they are shrunk: what is violated, and what it was proven with.
struct FoundGroup: Sendable, Hashable {
    let kind: ViolationKind
    let proof: String
}

/// The failing runs of an exploration, the earliest of each group.
struct FoundRuns: Sendable {
    /// More of a group are only counted.
    static let mostOfGroup = 16

    private(set) var runs: [FoundGroup: [FoundRun]] = [:]
    private(set) var counts: [FoundGroup: Int] = [:]
    /// How many runs failed.
    private(set) var count = 0
    /// The earliest.
    private(set) var first: Int?

    mutating func add(_ run: FoundRun, _ outcome: SimulationOutcome) {
        count += 1
        first = min(first ?? run.number, run.number)
        for group in Self.groups(of: outcome) {
            counts[group, default: 0] += 1
            var known = runs[group] ?? []
            known.append(run)
            // Threads bring them in any order.
            known.sort { $0.number < $1.number }
            runs[group] = Array(known.prefix(Self.mostOfGroup))
        }
    }

    private static func groups(of outcome: SimulationOutcome) -> [FoundGroup] {
        let findings = outcome.findings
        return findings.isEmpty
            ? outcome.kinds.map { FoundGroup(kind: $0, proof: "") }
            : findings.map { FoundGroup(kind: $0.kind, proof: $0.proof) }
    }
}

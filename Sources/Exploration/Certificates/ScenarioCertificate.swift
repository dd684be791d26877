import CacheHierarchy
import Checking
import History
import Judging
import ScenarioRunner
import Scenarios

/// What an exhaustive exploration of a scenario without a failure amounts to.
public struct ScenarioCertificate: Sendable {
    /// Whether every schedule was visited; if not, nothing is proven.
    public let isComplete: Bool
    /// Broken off because they could only repeat others. Not counted as schedules.
    public let abandoned: Int
    /// Whether orders of independent steps were left out.
    public let isReduced: Bool
    /// The most explored steps that a schedule had.
    public let longest: Int
    /// The checks that examined nothing in any schedule: of them nothing is known.
    public let unexamined: [String]
    public let scope: CertificateScope

    /// Whether it proves what it says.
    public var isProof: Bool { isComplete && unexamined.isEmpty }
}

/// What was explored, and what was not.
public struct CertificateScope: Sendable, Hashable {
    public let instances: Int
    public let hosts: Int
    public let workersPerInstance: Int
    /// Innermost first.
    public let layers: [String]
    /// `acknowledged` or `announced`.
    public let invalidation: String
    public let keys: [String]
    /// What each worker does, by phase: `race: worker 0 (instance 0): read k:0, write k:0`.
    public let operations: [String]
    /// The phases that ran in one order only, before and after.
    public let unexplored: [String]
    /// The faults that occurred, and at which moments.
    public let faults: [String]
    /// The deliberate bugs of the cache.
    public let defects: [String]
    public let checks: [String]

    /// What is one step.
    public static let step =
        "from one point to the next, or to where a task waits: the arrival of a request; keeping what was found in the next "
        + "layer; applying a message to a layer; the next operation of a worker"
    /// What is not explored whatever the scope.
    public static let limits = [
        "orders within a step, such as those of sections under a lock",
        "turns between two messages of one actor's mailbox",
        "time: leases, lifetimes and signs of life run only when nothing else can, in the order of their deadlines",
    ]

    init(_ scenario: Scenario, _ plan: WorkloadPlan, defects: Set<Defect>) {
        let cluster = scenario.cluster
        instances = cluster.instances
        hosts = cluster.hosts
        workersPerInstance = cluster.workers
        layers = cluster.layers.map(\.layer.name)
        invalidation = cluster.invalidation.rawValue
        keys = scenario.keysInUse.map(\.name)
        operations = zip(scenario.phases, plan.phases).flatMap { phase, workers in
            guard phase.isExplored else { return [String]() }
            return workers.enumerated().filter { !$0.element.isEmpty }.map { worker, operations in
                "\(phase.name): worker \(worker) (instance \(worker / cluster.workers + 1)): "
                    + operations.map(\.description).joined(separator: ", ")
            }
        }
        unexplored =
            ["building the cluster"] + scenario.phases.filter { !$0.isExplored }.map { "phase \($0.name)" }
        faults = scenario.faults.map(\.coverage)
        self.defects = defects.map(\.rawValue).sorted()
        checks = scenario.checks(in: .simulated).map { $0.check().name }
    }
}

extension Phase {
    /// Whether all schedules of the phase are visited by an exhaustive exploration.
    public var isExplored: Bool {
        if case .script = action { true } else { false }
    }
}

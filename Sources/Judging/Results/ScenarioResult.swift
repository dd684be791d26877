import Checking
import History
import Scenarios

/// Everything that came of running one scenario (one variant of it) in one world with one seed.
public struct ScenarioResult: Sendable {
    /// The scenario's name, with the variant in brackets.
    public var name: String
    /// The file that declares it.
    public var file: String
    public var world: World
    /// Names the workload: the same seed draws the same operations on the same keys.
    public var seed: UInt64
    public var verdict: RunVerdict
    /// Seconds, from the first phase to the last check.
    public var duration: Double
    public var operations: OperationCounts
    /// What the history was asked: of each check in ``checks``, everything it takes to ask the same of the history alone.
    public var declarations: [CheckDeclaration]
    public var checks: [CheckReport]
    public var measurements: [Measurement]
    public var targets: [TargetOutcome]
    /// What a failure of this scenario puts at risk.
    public var impact: Impact?
    /// Why it could not be run to its end, if so.
    public var failure: String?
    /// What was recorded.
    public var history: History
    /// The names of the deliberate bugs that the cache had.
    public var defects: Set<String>
    /// How many times faster than declared its lifetimes and waits passed.
    public var timeScale: Double
    /// What went wrong on purpose, in the order of declaration.
    public var faults: [FaultRecord] = []
    /// What the bus did for each instance, counted from 0; empty for a scenario that neither names a bus that could
    /// lose nothing nor asks whether it did.
    public var bus: [Int: BusCounts] = [:]
    /// What became of the managers that the scenario declares; `nil` if it declares none.
    public var managers: ManagerRecord?
    /// The label of the variant; empty if nothing varies.
    public var variant = ""
    /// The seed that the run was given, from which an application among several takes its own ``seed``; `nil`: that one.
    public var runSeed: UInt64?
    /// The cache under test, if it is not the reference cache.
    public var subject: SubjectRecord?
    /// The command that starts it, if that was an option of the call and is not in the scenario file.
    public var subjectOption: String?
    /// What the caller has put in place of what the file says: `cluster.instances=8`.
    public var overrides: [String] = []
    /// How often it was run until this came out: a target of speed that is missed may be missed for a neighbour's sake.
    public var attempts = 1
    /// What ``failure`` is called in reports.
    public var failureHeading = Self.usualFailureHeading
    /// Why it was left out: the cache under test does not offer what the scenario requires. `nil` if it was run.
    public var skipReason: String?
    /// Why operations failed, and what adapters logged.
    public var troubles = TroubleRecord()
    /// What the scenario declares and the run did not judge, checks first.
    public var notJudged: [NotJudged] = []
    /// When each phase ran, in their order; empty of a run that recorded nothing.
    package var phases: [PhaseRecord] = []
    /// The host of each instance, both counted from 0; of those that are not named it is host 0.
    package var hosts: [Int] = []

    /// Of a run that something kept from its end.
    package static let usualFailureHeading = "not run to its end"
}

/// How a run ended. In order of weight: the verdict of several is the heaviest.
public enum RunVerdict: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Every check examined something and found nothing against it; every target was met.
    case pass
    /// Something could not be judged. Never a pass.
    case unknown
    /// A target was missed.
    case missed
    /// The history refutes coherence.
    case violation
    /// The run itself failed.
    case error

    /// A check's verdict, as that of a run.
    public init(_ verdict: Verdict) {
        self =
            switch verdict {
            case .pass: .pass
            case .unknown: .unknown
            case .violation: .violation
            }
    }

    public static func < (left: RunVerdict, right: RunVerdict) -> Bool { left.weight < right.weight }

    private var weight: Int { RunVerdict.allCases.firstIndex(of: self) ?? 0 }
}

/// How many operations clients performed.
public struct OperationCounts: Sendable, Hashable {
    public var total = 0
    public var reads = 0
    /// Writes and deletions.
    public var writes = 0
    /// Of keys and of tags.
    public var invalidations = 0
    /// Those of the total that failed or whose outcome is unknown.
    public var failed = 0
    /// Those of the total of which nobody can tell whether they took effect.
    public var unknown = 0

    public init() {}

    /// Counts what clients did; what the cache did inside does not count.
    public init(_ history: History) { add(history.operations) }

    /// Counts more of them.
    package mutating func add(_ operations: [Operation]) {
        for operation in operations {
            switch operation.kind {
            case .read: reads += 1
            case .write, .delete:
                // The origin's first contents are no client's.
                guard operation.instance >= 0 else { continue }
                writes += 1
            case .invalidate, .invalidateTag: invalidations += 1
            default: continue
            }
            total += 1
            if operation.outcome != .ok { failed += 1 }
            if operation.outcome == .unknown { unknown += 1 }
        }
    }
}

/// One measured quantity of a run.
public struct Measurement: Sendable, Hashable {
    /// A name of ``Metric``'s catalogue.
    public var metric: String
    /// The unit of the figures: `ms`, `%`, `/s`, or empty for a count.
    public var unit: String
    /// What it is narrowed to: layer, phase, instance.
    public var labels: [String: String]
    public var count: Int
    public var min: Double
    public var mean: Double
    public var p50: Double
    public var p95: Double
    public var p99: Double
    public var max: Double

    package init(
        metric: String, unit: String, labels: [String: String], count: Int, min: Double, mean: Double, p50: Double,
        p95: Double, p99: Double, max: Double
    ) {
        self.metric = metric
        self.unit = unit
        self.labels = labels
        self.count = count
        self.min = min
        self.mean = mean
        self.p50 = p50
        self.p95 = p95
        self.p99 = p99
        self.max = max
    }

    /// One figure of it; `nil` if nothing was sampled.
    public func value(of statistic: Statistic) -> Double? {
        if statistic == .count { return Double(count) }
        guard count > 0 else { return nil }
        return switch statistic {
        case .count: Double(count)
        case .min: min
        case .mean, .value: mean
        case .p50: p50
        case .p95: p95
        case .p99: p99
        case .max: max
        }
    }
}

/// What became of one declared target.
public struct TargetOutcome: Sendable, Hashable {
    public var title: String
    public var metric: String
    public var labels: [String: String]
    public var statistic: String
    public var comparison: String
    /// In `unit`; `nil` if it is relative to something that was not measured.
    public var limit: Double?
    /// As declared, for people.
    public var limitText: String
    /// In `unit`; `nil` if there was no sample.
    public var measured: Double?
    public var unit: String
    /// `pass`, `missed`, or `unknown` where nothing was measured.
    public var verdict: RunVerdict
    /// The limit is met, but not the declared warning level.
    public var isWarning: Bool
}

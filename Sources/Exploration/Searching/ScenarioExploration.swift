import CacheHierarchy
import Checking
import GatedWorld
import Judging
import ScenarioRunner
import Scenarios
import Simulation

/// What came of exploring a scenario.
public struct ScenarioExploration: Sendable {
    /// What was explored.
    public let variant: ScenarioVariant
    /// The deliberate bugs that the cache had.
    public let defects: Set<Defect>
    /// How much was run.
    public let progress: ScenarioExplorer.Progress
    /// Seconds, shrinking included.
    public let duration: Double
    /// What was found, as small as it could be made, the shortest to read first.
    public let failures: [FoundFailure]
    /// Stands for the traces of all schedules: the same for the same seed, program and number of schedules, in every
    /// process and build, on any number of threads. `nil` if not all of them were run.
    public let digest: UInt64?
    /// The checks that were asked, in their order, and how much each of them examined.
    public var examined: [ExaminedCheck] = []
    /// Whether it was told to stop before it had run what it should.
    public var isInterrupted = false
    /// Seconds of ``duration`` without shrinking; `nil` where nothing is shrunk in between.
    public var searchDuration: Double? = nil
    /// Of an exhaustive exploration.
    public var certificate: ScenarioCertificate? = nil
    /// Of an exploration on real processes.
    public var gated: GatedFacts? = nil
}

extension ScenarioExploration {
    /// What the scenario declares and exploring does not judge, checks first.
    public var notJudged: [NotJudged] { NotJudged.restOfExploring(variant.scenario) }

    /// The world in which it was explored.
    public var world: World { gated == nil ? .simulated : .gated }

    /// A violation if something was found. Unknown if it was interrupted, if a check examined nothing in any schedule, if
    /// there was nothing to ask, or if an exhaustive exploration proves nothing.
    public var verdict: RunVerdict {
        if !failures.isEmpty { return .violation }
        if isInterrupted || progress.schedules == 0 || certificate?.isProof == false { return .unknown }
        if let gated, gated.isDoubtful(of: progress.schedules) || gated.isProof == false {
            return .unknown
        }
        if let gated, !gated.missingFaults.isEmpty || gated.doubt != nil || !gated.notAsked.isEmpty { return .unknown }
        return examined.isEmpty || examined.contains { !$0.hasExamined } ? .unknown : .pass
    }
}

/// A schedule of a scenario that fails, as small as it could be made.
public struct FoundFailure: Sendable {
    /// Which of the exploration's schedules it was, counted from 1.
    public let number: Int
    /// What chose it.
    public let strategy: String
    /// What is wrong, and the operations that prove it.
    public let reason: String
    public let kind: ViolationKind
    /// Who does what, step by step, in the cache's words.
    public let story: RunStory?
    /// What of the scenario is run, as `coherence replay --part` takes it.
    public let part: ScenarioPart
    /// Whether that is all of it.
    public let isWhole: Bool
    /// What the workers do in it, as `coherence replay --operations` takes it.
    public let plan: String
    /// The schedule, as `coherence replay --schedule` takes it; empty of a gated run, whose messages are ``steps``.
    public let schedule: String
    /// The labels of the messages of a gated run, in their order.
    public var steps: [String] = []
    /// Of a gated run: how many of how many replays repeated it, message by message.
    public var repeated: (count: Int, of: Int)?
    /// How many operations the workers do, and did when it was found.
    public let operations: Int
    public let operationsWhenFound: Int
    /// How often a task that could have gone on had to wait for another, and had to when it was found.
    public let preemptions: Int
    public let preemptionsWhenFound: Int
    /// How often another task than the one before ran when it was found, for whatever reason.
    public let switchesWhenFound: Int
    /// The same now, of the whole run: of starting and stopping the cluster too.
    public let switchesOfRun: Int
    /// How many runs shrinking took.
    public let attempts: Int
    /// How many of the exploration's schedules violate the same rule.
    public internal(set) var seen = 1
    let shape: FailureShape

    /// How often the story goes over from one task to another: what a reader has to follow.
    public var switches: Int { story?.switches ?? switchesOfRun }

    /// How much must be read, for ranking.
    var length: [Int] { [operations, preemptions, switches, reason.count] }

    init(
        _ shrunk: Shrinker<ExploredInput, ExploredProgram.Outcome>, of found: FoundRun,
        finding: IncoherentRun.Finding?, story: RunStory?
    ) {
        number = found.number
        strategy = found.strategy
        reason = finding.map(IncoherentRun.describe) ?? "\(shrunk.run.outcome)"
        kind = finding?.kind ?? shrunk.run.outcome.kinds[0]
        self.story = story
        part = shrunk.input.part
        isWhole = part.isWhole(of: shrunk.input.whole)
        plan = shrunk.input.plan.text
        schedule = "\(shrunk.run.token)"
        operations = shrunk.input.plan.count
        operationsWhenFound = found.operations
        preemptions = shrunk.run.preemptions
        preemptionsWhenFound = found.preemptions
        switchesWhenFound = found.switches
        switchesOfRun = shrunk.run.switches
        attempts = shrunk.attempts
        shape = FailureShape(kind, shrunk.input)
    }
}

extension FoundFailure {
    /// What was found on real processes.
    /// - Parameters:
    ///   - part: what of the whole scenario was run.
    init(
        _ shrunk: JudgedRun, foundAs found: JudgedRun, number: Int, strategy: String, part: ScenarioPart,
        of whole: Scenario, attempts: Int, repeated: (count: Int, of: Int)?
    ) {
        self.number = number
        self.strategy = strategy
        kind = shrunk.kinds[0]
        reason = shrunk.finding(of: kind).map(IncoherentRun.describe) ?? shrunk.fault?.reason ?? ""
        story = RunStory(shrunk.run)
        self.part = part
        isWhole = part.isWhole(of: whole)
        plan = shrunk.plan.text
        schedule = ""
        steps = shrunk.run.labels
        self.repeated = repeated
        operations = shrunk.plan.count
        operationsWhenFound = found.plan.count
        preemptions = shrunk.deviations
        preemptionsWhenFound = found.deviations
        switchesWhenFound = found.switches
        switchesOfRun = shrunk.switches
        self.attempts = attempts
        shape = FailureShape(kind, ExploredInput(whole, part: part, plan: shrunk.plan))
    }
}

extension FoundFailure {
    /// Compares how much must be read, one thing after the other.
    static func shorter(_ left: FoundFailure, _ right: FoundFailure) -> Bool {
        (left.length + [left.number]).lexicographicallyPrecedes(right.length + [right.number])
    }
}

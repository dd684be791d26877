import Checking
import GatedWorld
import History
import Judging
import ScenarioRunner
import Scenarios
import Simulation

/// What is known of an exploration on real processes, besides what was found.
public struct GatedFacts: Sendable {
    /// Orders of small programs that were visited within a number of deviations from the usual order.
    public struct Bound: Sendable, Hashable {
        /// How many operations each program has.
        public var operations: Int
        /// How many programs there are.
        public var programs: Int
        /// The most deviations of an order.
        public var deviations: Int
        /// How many schedules were run for it.
        public var schedules: Int
        /// Whether all of them were visited.
        public var isComplete: Bool
    }

    /// What became of a declared fault.
    public struct GatedFault: Sendable, Hashable {
        /// In words, as the scenario declares it.
        public var text: String
        /// In how many schedules it happened.
        public var schedules: Int
        /// Why it was not chosen: every order has it, or it is not explored; `nil` if it was.
        public var unexplored: String?
    }

    /// The cache as it describes itself.
    public internal(set) var subject: SubjectRecord?
    /// What was visited in order, in the order in which it was.
    public internal(set) var bounds: [Bound] = []
    /// Schedules that do not count, because a process moved by itself.
    public internal(set) var void = 0
    /// Schedules that were drawn at random.
    public internal(set) var random = 0
    /// The last schedule that was unlike all before.
    public internal(set) var lastNew = 0
    /// Pairs of messages that meet.
    public internal(set) var pairs = 0
    /// How many of them were let through in both orders.
    public internal(set) var pairsInBothOrders = 0
    /// Messages that were let through.
    public internal(set) var steps = 0
    /// Messages of processes that were not being waited for.
    public internal(set) var late = 0
    /// How many processes were started.
    public internal(set) var starts = 0
    /// Seconds spent waiting until processes were quiet.
    public internal(set) var settling = 0.0
    /// Schedules of those that do not count that did not begin as the ones that they follow from.
    public internal(set) var unrepeated = 0
    /// Why the time of the processes is real, as a sentence; `nil` if it is held.
    public internal(set) var timeProblem: String?
    /// Why operations failed, with how many did; of many reasons the first.
    public internal(set) var failures: [String: Int] = [:]
    /// Whether any read was served by a layer of the cache.
    public internal(set) var hasServed = false
    /// Whether any instance ever connected to Redis.
    public internal(set) var hasConnected = false
    /// Why the search ended before its time, as a sentence; `nil` if it did not.
    public internal(set) var ending: String?
    /// Checks that cannot be asked of the cache, with the reason.
    public internal(set) var notAsked: [String: String] = [:]
    /// The faults that the scenario declares.
    public internal(set) var faults: [GatedFault] = []
    /// What the processes have open that passes the gates, a text for each.
    public internal(set) var passingGates: [String] = []
    /// Of an exploration within a bound: whether every order was visited.
    public internal(set) var isProof: Bool?
    var programs: [WorkloadPlan] = []
    private var faultWords: [String?] = []
    /// The programs whose orders were visited within a bound, a text for each.
    public var programTexts: [String] { programs.map(\.text) }

    /// Whether too many schedules do not count.
    public func isDoubtful(of schedules: Int) -> Bool { void * 100 > schedules }

    /// The declared faults that happened in no schedule, and should have in some.
    public var missingFaults: [String] { faults.filter { $0.schedules == 0 && $0.unexplored == nil }.map(\.text) }

    /// Declares what may go wrong.
    mutating func expect(_ declared: [Fault], in cluster: Cluster) {
        faults = declared.map { fault in
            let unexplored: String? =
                switch fault.gatedMeaning {
                case .chosen: nil
                case .inEveryOrder: "every order has it: what is late is late"
                case .notExplored: "it is not explored on real processes"
                }
            return GatedFault(text: "\(fault)", schedules: 0, unexplored: unexplored)
        }
        faultWords = declared.map { $0.gatedWords(in: cluster) }
    }

    /// Why nothing can be said of the cache, as a sentence; `nil` if nothing is known against it.
    public var doubt: String? {
        if let ending { return "the search ended early: \(ending)" }
        if let subject, subject.layers.contains("redis"), !hasConnected {
            return "\(subject.title.printable) names the layer redis and never connected to the Redis of this run"
        }
        return nil
    }

    /// Counts why operations failed.
    mutating func noteFailures(_ troubles: TroubleRecord) {
        for reason in troubles.reasons where failures.count < 20 || failures[reason.text] != nil {
            failures[reason.text, default: 0] += reason.count
        }
    }

    /// - Returns: whether a check can be asked.
    mutating func note(_ reason: String?, _ check: CheckDeclaration) -> Bool {
        if let reason { notAsked["\(check.check().name)"] = reason }
        return reason == nil
    }

    /// Counts the faults of a run.
    mutating func countFaults(of run: GatedRun) {
        let struck = Set(run.steps.filter { $0.message.kind == .fault }.map(\.message.words))
        for index in faults.indices where faultWords[index].map(struck.contains) ?? false {
            faults[index].schedules += 1
        }
    }

    mutating func add(_ counts: GatedWorld.Counts) {
        steps += counts.steps
        starts += counts.starts
        late += counts.late
        settling += counts.settling
    }
}

/// Which messages that meet came in which order.
struct MetPairs {
    private var ordered: Set<UInt64> = []
    private(set) var count = 0
    private(set) var countInBothOrders = 0

    private static let most = 200_000

    mutating func add(_ run: GatedRun) {
        let hashes = run.steps.map { SeededRandom(seed: 1).split($0.message.label).seed }
        for (later, step) in run.steps.enumerated() {
            for earlier in 0..<later {
                let other = run.steps[earlier].message
                guard other.task != step.message.task, other.meets(step.message), ordered.count < Self.most else {
                    continue
                }
                let forward = SeededRandom(seed: hashes[earlier]).split(number: hashes[later]).seed
                guard ordered.insert(forward).inserted else { continue }
                let backward = SeededRandom(seed: hashes[later]).split(number: hashes[earlier]).seed
                if ordered.contains(backward) { countInBothOrders += 1 } else { count += 1 }
            }
        }
    }
}

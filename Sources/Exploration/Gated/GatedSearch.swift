import Checking
import GatedWorld
import History
import Judging
import ScenarioRunner
import Scenarios
import Simulation

/// What came of one gated run.
struct JudgedRun {
    let plan: WorkloadPlan
    let run: GatedRun
    let findings: [IncoherentRun.Finding]
    /// What is wrong besides, as a kind and in words: somebody waits for ever, or the adapter is wrong.
    let fault: (kind: ViolationKind, reason: String)?

    /// It did not begin as the run that it follows from did.
    var hasLeftItsWay = false

    var isFailure: Bool { !findings.isEmpty || fault != nil }
    var kinds: [ViolationKind] { findings.map(\.kind) + (fault.map { [$0.kind] } ?? []) }

    func finding(of kind: ViolationKind) -> IncoherentRun.Finding? {
        findings.filter { $0.kind == kind }.min { $0.violation.operations.count < $1.violation.operations.count }
    }

    /// How much there is to read: fewer operations first, then fewer changes from one task to another.
    var size: [Int] { [plan.count, switches, run.steps.count] }

    var switches: Int { zip(run.steps, run.steps.dropFirst()).count { $0.message.task != $1.message.task } }
    /// Where another message was let through than in the usual order.
    var deviations: Int { run.steps.count { $0.choice > 0 } }
}

/// Searches the orders of messages of a scenario for one that fails: on one thread, and by the seed alone.
///
/// Small programs come first, with few deviations from the usual order, so that what is found is small as it is found.
/// Larger ones follow, in random orders. Every tenth schedule is random from the beginning.
final class GatedSearch {
    let configuration: GatedExplorer.Configuration
    let scenario: Scenario
    private let programs: GatedPrograms
    private let makeWorld: (_ scenario: Scenario, _ holdsTime: Bool) throws -> GatedWorld
    private var holdsTime = true
    private var world: GatedWorld?
    private let examinations: Examinations
    private let isUnwanted: () -> Bool
    private(set) var facts = GatedFacts()
    private(set) var progress = ScenarioExplorer.Progress()
    private(set) var found: [(run: JudgedRun, number: Int, strategy: String)] = []
    private(set) var isComplete = true
    private var distinct = DistinctCount()
    private var pairs = MetPairs()
    private var shown: ContinuousClock.Instant?

    init(
        _ configuration: GatedExplorer.Configuration, _ scenario: Scenario, _ examinations: Examinations,
        until deadline: ContinuousClock.Instant?,
        makeWorld: @escaping (_ scenario: Scenario, _ holdsTime: Bool) throws -> GatedWorld
    ) {
        self.configuration = configuration
        self.scenario = scenario
        self.examinations = examinations
        self.makeWorld = makeWorld
        programs = GatedPrograms(scenario)
        facts.expect(scenario.faults, in: scenario.cluster)
        isUnwanted = { configuration.isStopped() || deadline.map { ContinuousClock.now >= $0 } ?? false }
    }

    /// - Parameter problem: why the time of the processes is real; `nil` if it is not.
    func note(_ problem: String?) { facts.timeProblem = problem }

    /// It goes no further.
    /// - Parameter reason: as a sentence; `nil` if nobody wanted it any more.
    func end(because reason: String?) {
        isComplete = false
        facts.ending = reason
        restart()
    }

    /// What the search found; nothing of a process is left then.
    func close() {
        restart()
        facts.pairs = pairs.count
        facts.pairsInBothOrders = pairs.countInBothOrders
    }

    // MARK: One run

    /// The world, made anew if the last run ended it.
    private func ready() throws -> GatedWorld {
        if let world { return world }
        var made = try makeWorld(scenario, holdsTime)
        made.isUnwanted = configuration.isStopped
        // What is done for the first time in a process, such as loading a script, is not explored: it would differ from
        // all that follows.
        do {
            var usual = UsualOrder()
            _ = try made.perform(programs.warming(seed: configuration.seed), choosing: &usual)
            noteGates(of: made)
        } catch let error as GatedError {
            facts.add(made.counts)
            made.close()
            guard error.brokenRule != nil else { throw error }
            if case .neverQuiet = error, holdsTime, facts.timeProblem == nil {
                // A runtime whose timers are the kernel's asks again and again whether their time has come.
                holdsTime = false
                facts.timeProblem = "with a clock that stands the cache does not become quiet"
                return try ready()
            }
            made = try makeWorld(scenario, holdsTime)
            made.isUnwanted = configuration.isStopped
        }
        world = made
        return made
    }

    private func noteGates(of world: GatedWorld) {
        guard facts.subject == nil, let description = world.description else { return }
        facts.subject = SubjectRecord(description)
        facts.passingGates = world.passingGates
    }

    /// The next run is in new processes.
    func restart() {
        if let world { facts.add(world.counts) }
        facts.hasConnected = facts.hasConnected || world?.hasConnected ?? false
        world?.close()
        world = nil
    }

    /// Runs once and judges. A run that ends the world is told, and the world is made anew for the next.
    func run(_ plan: WorkloadPlan, _ chooser: inout some MessageChooser) throws -> JudgedRun {
        let world = try ready()
        do {
            let run = try world.perform(plan, choosing: &chooser)
            return judge(run, plan)
        } catch let error as GatedError {
            let run = world.unfinished
            restart()
            guard let rule = error.brokenRule else { throw error }
            return JudgedRun(
                plan: plan, run: run, findings: [],
                fault: (ViolationKind(check: "run", rule: rule), error.description))
        }
    }

    private func judge(_ run: GatedRun, _ plan: WorkloadPlan) -> JudgedRun {
        if let stuck = run.stuck {
            let kind = ViolationKind(check: "run", rule: "A run comes to its end: nobody waits for ever.")
            return JudgedRun(plan: plan, run: run, findings: [], fault: (kind, stuck))
        }
        do {
            try run.record.requireSoundSubject()
        } catch {
            let kind = ViolationKind(check: "run", rule: "An adapter keeps to its protocol.")
            return JudgedRun(plan: plan, run: run, findings: [], fault: (kind, error.description))
        }
        do {
            noteService(run)
            facts.noteFailures(run.record.troubles)
            let askable = scenario.checks(of: run.record).filter { check in
                facts.note(run.record.subject?.reasonNotToAsk(check, of: scenario), check)
            }
            try IncoherentRun.judge(run.record.history, by: askable, damages: run.record.damages) {
                examinations.add($0)
            }
            return JudgedRun(plan: plan, run: run, findings: [], fault: nil)
        } catch {
            return JudgedRun(plan: plan, run: run, findings: error.findings, fault: nil)
        }
    }

    /// Whoever always asks the origin is coherent, and no cache.
    private func noteService(_ run: GatedRun) {
        guard !facts.hasServed else { return }
        facts.hasServed = run.record.history.operations.contains {
            $0.kind == .read && $0.isOfClient && $0.outcome == .ok && $0.layer != .origin
        }
    }

    // MARK: The search

    /// - Returns: whether to go on.
    private var mayGoOn: Bool {
        if progress.schedules >= configuration.schedules || isUnwanted() {
            isComplete = false
            return false
        }
        return configuration.findsAll || found.isEmpty
    }

    /// Counts a schedule, and keeps it if it fails.
    private func count(_ judged: JudgedRun, _ strategy: String) throws {
        progress.schedules += 1
        progress.steps += judged.run.steps.count
        if judged.run.isVoid || judged.hasLeftItsWay {
            facts.void += 1
            // What moved by itself proves nothing, unless it happens again without that.
            if judged.isFailure, let again = try repeated(judged) { keep(again, strategy) }
        } else {
            let before = distinct.count
            distinct.insert(ScheduleOrders.trace(of: judged.run))
            if distinct.count > before { facts.lastNew = progress.schedules }
            progress.distinct = distinct.count
            progress.isDistinctExact = distinct.isExact
            pairs.add(judged.run)
            facts.countFaults(of: judged.run)
            if judged.isFailure { keep(judged, strategy) }
        }
        let now = ContinuousClock.now
        if shown.map({ now - $0 >= .milliseconds(200) }) ?? true {
            shown = now
            configuration.onProgress(progress)
        }
    }

    private func keep(_ judged: JudgedRun, _ strategy: String) {
        progress.found += 1
        guard found.count < 1_000 else { return }
        found.append((judged, progress.schedules, strategy))
    }

    private func repeated(_ judged: JudgedRun) throws -> JudgedRun? {
        for _ in 0..<3 {
            var order = EarlierOrder(judged.run.labels)
            let again = try run(judged.plan, &order)
            if !again.run.isVoid, again.kinds.contains(where: judged.kinds.contains) { return again }
        }
        return nil
    }

    /// Explores as long as the budget lasts, or until a violation.
    func search() throws {
        var random = SeededRandom(seed: configuration.seed)
        var lanes = Self.lanes(programs, seed: configuration.seed)
        var turn = 0
        while mayGoOn {
            turn += 1
            if turn % 10 == 0 || lanes.isEmpty {
                try drawOne(&random)
                continue
            }
            if try !lanes[0].next(in: self) {
                facts.bounds.append(lanes[0].reached)
                lanes.removeFirst()
            }
        }
    }

    private func drawOne(_ random: inout SeededRandom) throws {
        facts.random += 1
        // A scope is left for a larger one when it has had its share.
        let size = min(facts.random / 25, 12)
        let plan = programs.isScripted ? programs.whole(seed: 1) : programs.drawn(size, &random)
        var chooser = UniformChoice(random: SeededRandom(seed: random.next()))
        try count(try run(plan, &chooser), "random orders")
    }

    /// Every order within so many deviations from the usual one, of every small program.
    /// - Parameter tellsKnown: whether orders that are known but for messages that commute are told and not run.
    /// - Returns: whether all of it was visited.
    func visitAll(bound: Int, tellsKnown: Bool = true) throws -> Bool {
        let programs = programs.isScripted ? [programs.whole(seed: 1)] : programs.small(of: 2)
        facts.programs = programs
        var lane = BoundedLane(programs, bounds: 0...bound, tellsKnown: tellsKnown)
        while mayGoOn { if try !lane.next(in: self) { break } }
        facts.bounds.append(lane.reached)
        return lane.isDone && (found.isEmpty || configuration.findsAll)
    }

    private static func lanes(_ programs: GatedPrograms, seed: UInt64) -> [BoundedLane] {
        if programs.isScripted { return [BoundedLane([programs.whole(seed: seed)], bounds: 0...3)] }
        let (two, three) = (programs.small(of: 2), programs.small(of: 3))
        return [
            // Time passes in the smallest ones, and in random orders.
            BoundedLane(two, bounds: 0...1), BoundedLane(three, bounds: 0...0), BoundedLane(two, bounds: 2...2),
            BoundedLane(three, bounds: 1...1, withTime: false), BoundedLane(three, bounds: 2...2, withTime: false),
            BoundedLane(two, bounds: 3...3), BoundedLane(three, bounds: 3...3, withTime: false),
        ]
    }

    /// A schedule of a lane.
    ///
    /// - Parameter prefix: stands for the messages up to the last deviation, as an earlier run had them; `nil` for the
    ///   first run of a program.
    func explore(_ program: WorkloadPlan, _ deviations: Deviations, after prefix: UInt64?) throws -> GatedRun {
        var chooser = deviations
        var judged = try run(program, &chooser)
        if let prefix, judged.fault == nil, prefix != BoundedLane.prefix(of: judged.run.steps, to: deviations.end) {
            facts.unrepeated += 1
            judged.hasLeftItsWay = true
        }
        let count = deviations.choices.count
        try self.count(
            judged, count == 0 ? "the usual order" : "\(count) deviation\(count == 1 ? "" : "s") from the usual order")
        return judged.run
    }
}

extension GatedError {
    /// The rule that a cache under test breaks with it; `nil` if it is not the cache's doing.
    fileprivate var brokenRule: String? {
        switch self {
        case .adapter: "An adapter keeps to its protocol."
        case .neverQuiet: "A process becomes quiet when it is given nothing more."
        case .redis, .notGated, .tooManyConnections, .notHere, .interrupted: nil
        }
    }
}

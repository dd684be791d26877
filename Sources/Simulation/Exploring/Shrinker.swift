/// Shrinks a failing run: a smaller input, fewer unusual decisions, and thus fewer preemptions.
///
/// It shrinks the decisions by delta debugging (Zeller, Hildebrandt, *Simplifying and Isolating Failure-Inducing
/// Input*, IEEE TSE 2002). It replaces parts of them, and in the end single ones, by the usual decision.
package struct Shrinker<Input: Sendable, Value: Sendable> {
    private var explorer: Explorer<Input, Value>
    private let strategies: [Strategy]
    private let isSame: (SimulationOutcome) -> Bool
    /// Whether the failure is an escape. The engine needs real time to tell an escape from a deadlock.
    private let mayEscape: Bool
    package private(set) var input: Input
    /// The smallest run so far.
    package private(set) var run: SimulationRun<Value>
    /// Runs used to shrink.
    package private(set) var attempts = 0

    /// The maximum number of runs for shrinking.
    private let limit = 5_000
    /// The number of schedules for a smaller input. If none fails, the shrinker counts the input as correct.
    private let schedulesPerInput = 60
    private let schedulesPerSmallInput = 240

    /// - Parameters:
    ///   - run: a run that fails on `input`.
    ///   - isSame: whether an outcome is the failure that is shrunk. Default: an outcome of the same kind.
    package init(
        explorer: Explorer<Input, Value>, strategies: [Strategy] = .alternating, input: Input,
        run: SimulationRun<Value>,
        isSame: ((SimulationOutcome) -> Bool)? = nil
    ) {
        self.explorer = explorer
        self.strategies = strategies
        self.input = input
        self.run = run
        let outcome = run.outcome
        self.isSame = isSame ?? { $0.isSameFailure(as: outcome) }
        mayEscape = if case .escaped = outcome { true } else { false }
    }

    /// - Parameter smaller: returns inputs slightly smaller than a given one, the smallest first.
    package mutating func shrink(_ smaller: (Input) -> [Input]) {
        // The input comes first, because a smaller input makes each further run cheaper. It comes again afterwards,
        // because with fewer switches the input may shrink further.
        while attempts < limit, let candidate = firstFailing(among: smaller(input), of: schedulesPerInput) {
            input = candidate
        }
        shrinkDecisions()
        while attempts < limit, let candidate = firstFailing(among: smaller(input), of: schedulesPerInput) {
            input = candidate
            shrinkDecisions()
        }
        // The runs are short now, so each smaller input gets many schedules before it counts as correct.
        while attempts < limit, let candidate = firstFailing(among: smaller(input), of: schedulesPerSmallInput) {
            input = candidate
            shrinkDecisions()
        }
        lookElsewhere()
    }

    /// Searches other failing schedules of the smallest input for one with fewer unusual decisions.
    /// Delta debugging ends where each remaining decision is needed. This need not be the simplest way to fail.
    private mutating func lookElsewhere() {
        guard run.schedule.unusual.count > Self.fewDecisions else { return }
        let seeds = SeededRandom(seed: run.schedule.seed).split("elsewhere")
        var best = run
        for number in 0..<Self.schedulesElsewhere where attempts < limit {
            attempts += 1
            let seed = seeds.split(number: UInt64(number)).seed
            let other = explorer.run(input, seed: seed, strategies[number % strategies.count])
            guard isSame(other.outcome) else { continue }
            run = other
            shrinkDecisions()
            if run.schedule.unusual.count < best.schedule.unusual.count { best = run }
            if best.schedule.unusual.count <= Self.fewDecisions { break }
        }
        run = best
    }

    /// A schedule with at most this many unusual decisions is simple enough.
    private static var fewDecisions: Int { 3 }
    private static var schedulesElsewhere: Int { 600 }

    /// Returns the first candidate that fails, and sets `run`.
    private mutating func firstFailing(among candidates: [Input], of schedules: Int) -> Input? {
        for candidate in candidates {
            if attempts >= limit { return nil }
            if let again = replay(candidate, run.schedule) {
                run = again
                return candidate
            }
            for number in 0..<schedules {
                attempts += 1
                let seed = SeededRandom(seed: run.schedule.seed).split(number: UInt64(number)).seed
                let other = explorer.run(candidate, seed: seed, strategies[number % strategies.count])
                if isSame(other.outcome) {
                    run = other
                    return candidate
                }
            }
        }
        return nil
    }

    private mutating func shrinkDecisions() {
        var size = run.schedule.unusual.count
        while size >= 1, attempts < limit {
            if !removeParts(of: size) { size /= 2 }
        }
    }

    /// Removes parts of this size. Returns whether it removed any.
    private mutating func removeParts(of size: Int) -> Bool {
        var hasRemoved = false
        var start = 0
        while attempts < limit {
            let unusual = run.schedule.unusual
            guard start < unusual.count else { break }
            let rest = unusual[..<start] + unusual[min(start + size, unusual.count)...]
            let again = replay(input, Schedule(seed: run.schedule.seed, unusual: Array(rest)))
            if let again, again.schedule.unusual.count < unusual.count {
                run = again
                hasRemoved = true
            } else {
                start += size
            }
        }
        return hasRemoved
    }

    private mutating func replay(_ input: Input, _ schedule: Schedule) -> SimulationRun<Value>? {
        attempts += 1
        let again = explorer.replay(input, schedule, waitingForEscapes: mayEscape)
        return isSame(again.outcome) ? again : nil
    }
}

/// Makes a failing run easier to read: a smaller input, fewer unusual decisions, and with them fewer preemptions.
///
/// Decisions are shrunk by delta debugging (Zeller, Hildebrandt, *Simplifying and Isolating Failure-Inducing Input*,
/// IEEE TSE 2002): parts of them, at last single ones, are replaced by the usual decision.
package struct Shrinker<Input: Sendable, Value: Sendable> {
    private var explorer: Explorer<Input, Value>
    private let strategies: [Strategy]
    private let isSame: (SimulationOutcome) -> Bool
    /// Whether the failure is an escape, which takes time to tell from a deadlock.
    private let mayEscape: Bool
    package private(set) var input: Input
    /// The smallest run so far.
    package private(set) var run: SimulationRun<Value>
    /// Runs used to shrink.
    package private(set) var attempts = 0

    /// How many runs shrinking may take.
    private let limit = 5_000
    /// How many schedules a smaller input is tried with before it counts as one that does not fail.
    private let schedulesPerInput = 60
    private let schedulesPerSmallInput = 240

    /// - Parameters:
    ///   - run: fails on `input`.
    ///   - isSame: which outcomes to take for the failure that is shrunk. Default: those of its kind.
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

    /// - Parameter smaller: the inputs that are a little smaller than one, the smallest first.
    package mutating func shrink(_ smaller: (Input) -> [Input]) {
        // The input first: a smaller one makes every further attempt cheaper. And again at the end: with fewer switches
        // more of it may be left out.
        while attempts < limit, let candidate = firstFailing(among: smaller(input), of: schedulesPerInput) {
            input = candidate
        }
        shrinkDecisions()
        while attempts < limit, let candidate = firstFailing(among: smaller(input), of: schedulesPerInput) {
            input = candidate
            shrinkDecisions()
        }
        // What is left is small, and a run of it short: now many schedules can be tried before a part of it counts as needed.
        while attempts < limit, let candidate = firstFailing(among: smaller(input), of: schedulesPerSmallInput) {
            input = candidate
            shrinkDecisions()
        }
        lookElsewhere()
    }

    /// Looks for another failing schedule of the smallest input that takes fewer unusual decisions: leaving some out of a
    /// tangled schedule ends where each that is left is needed, and that need not be the simplest way to fail.
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

    /// So few are simple enough.
    private static var fewDecisions: Int { 3 }
    private static var schedulesElsewhere: Int { 600 }

    /// Fails on: sets `run`.
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

    /// Whether any part could be left out.
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

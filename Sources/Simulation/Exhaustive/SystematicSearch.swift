import BitCollections

/// Explores the decisions of a program depth first, one run after the other. It omits orders of independent steps.
///
/// Two reductions. Sleep sets: Godefroid, *Partial-Order Methods for the Verification of Concurrent Systems*, LNCS
/// 1032, 1996. After the search has explored a task's step in a state, the task sleeps in the states behind the next
/// alternatives. It wakes when a step depends on its own step. Until then its step would lead to states that were
/// visited already. Of each class of schedules that differ only in the order of independent steps, one runs to its
/// end. The accesses of a step are known after it ran (`AccessSet`). A sleeping task has run the same step before.
///
/// Source sets: Abdulla, Aronis, Jonsson, Sagonas, *Optimal Dynamic Partial Order Reduction*, POPL 2014, the
/// algorithm with source sets. The search tries an alternative only if a later step of the run depended on the chosen
/// step and could have come before it (``SystematicSearch/Node/wanted``). The algorithm compares steps that ran. The
/// search therefore uses it only if each run continues until no task can run (`Simulation.exploring`).
final class SystematicSearch {
    /// The decisions that the search explores.
    enum Extent {
        /// All decisions until the body returns.
        case wholeRun
        /// The decisions within `Simulation.exploring`. The others are the usual ones.
        case marked
    }

    struct Explored {
        let choice: Choice
        let accesses: AccessSet
    }

    struct Node {
        let options: [Choice]
        /// The alternatives that were explored before the run reached this state, or in this state.
        var asleep: [Explored]
        /// The options to explore, as far as the search knows them.
        var wanted: [Choice]
        /// Every step below this number ended before a moment at which no task could run.
        let quietBefore: Int
        var chosen: Choice
        /// The step that made the chosen task runnable, or -1 if the search does not explore that step.
        var cause: Int
        /// The accesses of the chosen step. Known after it ran.
        var accesses = AccessSet.everything
        /// The steps on which the effect or the existence of the chosen step depends.
        var before = BitSet()

        /// The next option to explore, or nil.
        func next() -> Choice? { options.first { wanted.contains($0) && !isAsleep($0) } }

        func isAsleep(_ option: Choice) -> Bool { asleep.contains { $0.choice == option } }
    }

    private let extent: Extent
    private let isReducing: Bool
    var path: [Node] = []
    private var depth = 0
    /// The step that is running. Its accesses are not known yet.
    private var open: Int?
    private var quietBefore = 0
    /// Whether the search explores the decisions at this moment.
    private(set) var isOn = false
    /// How the program differed from an earlier run under the same decisions.
    private(set) var divergence: String?
    /// The maximum number of steps in one run.
    private(set) var longest = 0

    init(isReducing: Bool, extent: Extent = .wholeRun) {
        self.isReducing = isReducing
        self.extent = extent
    }

    /// The number of the running step, or -1 if the search does not explore it.
    var current: Int { isOn ? depth - 1 : -1 }

    func begin() {
        depth = 0
        open = nil
        quietBefore = 0
        isOn = extent == .wholeRun
    }

    /// Begins or ends a part of the run that the search explores.
    func explore(_ isOn: Bool, after accesses: AccessSet) {
        guard extent == .marked else { return }
        close(accesses)
        quietBefore = depth
        self.isOn = isOn
    }

    /// Records that no task could run and time moved. Each later step depends on all steps before.
    func quiet() { quietBefore = depth }

    /// Returns the choice in the current state, or nil if all continuations were visited.
    /// - Parameter causes: for each option, the step that made it runnable.
    func choose(among options: [Choice], causes: [Int], after accesses: AccessSet) -> Choice? {
        close(accesses)
        if depth < path.count {
            guard Set(path[depth].options) == Set(options) else {
                divergence = "decision \(depth + 1) had \(path[depth].options.count) options, and now \(options.count)"
                return nil
            }
            let chosen = path[depth].chosen
            path[depth].cause = causes[options.firstIndex(of: chosen)!]
            open = depth
            depth += 1
            return chosen
        }
        var node = Node(
            options: options, asleep: inheritedSleep, wanted: [], quietBefore: quietBefore, chosen: options[0],
            cause: -1)
        guard let first = options.firstIndex(where: { !node.isAsleep($0) }) else { return nil }
        node.chosen = options[first]
        node.cause = causes[first]
        node.wanted = isReducing && extent == .marked ? [node.chosen] : options
        path.append(node)
        open = depth
        depth += 1
        longest = max(longest, depth)
        return node.chosen
    }

    private var inheritedSleep: [Explored] {
        guard isReducing, let last = path.last else { return [] }
        return last.asleep.filter { !$0.accesses.depends(on: last.accesses) }
    }

    /// Ends the running step and stores its accesses.
    func close(_ accesses: AccessSet) {
        guard let step = open else { return }
        open = nil
        path[step].accesses = accesses
        // A step that ran in an earlier run in the same way was examined then.
        if isReducing, extent == .marked, step == path.count - 1 { findRaces(of: step) }
    }

    /// Prepares the next run. Returns false if there is none.
    func advance() -> Bool {
        while var node = path.popLast() {
            node.asleep.append(Explored(choice: node.chosen, accesses: node.accesses))
            guard let next = node.next() else { continue }
            node.chosen = next
            node.accesses = .everything
            path.append(node)
            return true
        }
        return false
    }
}

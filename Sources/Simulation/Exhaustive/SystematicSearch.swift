/// Visits the decisions of a program depth first, one run after the other, and leaves out orders of independent steps.
///
/// Sources of the reduction. Sleep sets: Godefroid, *Partial-Order Methods for the Verification of Concurrent Systems*,
/// LNCS 1032, 1996. After a task's step has been explored in a state, the task sleeps in the states behind the next
/// alternatives, until a step depends on what its own would do: before that, its step would lead to what was seen
/// already. Of every class of schedules that differ only in the order of independent steps one is run to its end. What
/// a step touches is known after it ran (`Footprint`); who sleeps has run the same step before.
///
/// Source sets: Abdulla, Aronis, Jonsson, Sagonas, *Optimal Dynamic Partial Order Reduction*, POPL 2014, the algorithm
/// with source sets. An alternative is tried only where a later step of the run depended on the one chosen and could have
/// come before it (``SystematicSearch/Node/wanted``). It judges by steps that ran, so it is used only where runs are
/// explored until nothing can run any more (`Simulation.exploring`).
final class SystematicSearch {
    /// Which decisions are explored.
    enum Extent {
        /// All, until the body returns.
        case wholeRun
        /// Those within `Simulation.exploring`; the others are the usual ones.
        case marked
    }

    struct Explored {
        let choice: Choice
        let footprint: Footprint
    }

    struct Node {
        let options: [Choice]
        /// Explored already: before this state was reached, or here.
        var asleep: [Explored]
        /// The options that are to be explored, as far as is known.
        var wanted: [Choice]
        /// Every step before this number had ended when nothing could run.
        let quietBefore: Int
        var chosen: Choice
        /// The step that made the chosen task runnable, -1 if it is none of the explored ones.
        var cause: Int
        /// Of the chosen step, when it has run.
        var footprint = Footprint.everything
        /// The steps whose effect the chosen step, or its being there at all, depends on.
        var before = StepSet()

        /// The next option to explore.
        func next() -> Choice? { options.first { wanted.contains($0) && !isAsleep($0) } }

        func isAsleep(_ option: Choice) -> Bool { asleep.contains { $0.choice == option } }
    }

    private let extent: Extent
    private let isReducing: Bool
    var path: [Node] = []
    private var depth = 0
    /// The step whose footprint is not known yet.
    private var open: Int?
    private var quietBefore = 0
    /// Whether decisions are explored now.
    private(set) var isOn = false
    /// What the program did otherwise than in an earlier run with the same decisions.
    private(set) var divergence: String?
    /// The most steps that one run had.
    private(set) var longest = 0

    init(isReducing: Bool, extent: Extent = .wholeRun) {
        self.isReducing = isReducing
        self.extent = extent
    }

    /// The number of the step that is running, -1 for one that is not explored.
    var current: Int { isOn ? depth - 1 : -1 }

    func begin() {
        depth = 0
        open = nil
        quietBefore = 0
        isOn = extent == .wholeRun
    }

    /// Begins or ends a part of the run whose decisions are explored.
    func explore(_ isOn: Bool, after footprint: Footprint) {
        guard extent == .marked else { return }
        close(footprint)
        quietBefore = depth
        self.isOn = isOn
    }

    /// Nothing could run, and time moved: what comes now comes after all that was.
    func quiet() { quietBefore = depth }

    /// The choice in the state that the run is in, or nil if everything from here on was seen.
    /// - Parameter causes: for each option the step that made it runnable.
    func choose(among options: [Choice], causes: [Int], after footprint: Footprint) -> Choice? {
        close(footprint)
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
        return last.asleep.filter { !$0.footprint.depends(on: last.footprint) }
    }

    /// The step that ran last has ended; what it touched is known.
    func close(_ footprint: Footprint) {
        guard let step = open else { return }
        open = nil
        path[step].footprint = footprint
        // What ran before in the same way has been looked at.
        if isReducing, extent == .marked, step == path.count - 1 { findRaces(of: step) }
    }

    /// Prepares the next run. False if there is none.
    func advance() -> Bool {
        while var node = path.popLast() {
            node.asleep.append(Explored(choice: node.chosen, footprint: node.footprint))
            guard let next = node.next() else { continue }
            node.chosen = next
            node.footprint = .everything
            path.append(node)
            return true
        }
        return false
    }
}

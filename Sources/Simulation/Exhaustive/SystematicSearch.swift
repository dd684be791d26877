/// Visits the decisions of a program depth first, one run after the other, and leaves out orders of independent steps.
///
/// Source of the reduction: sleep sets, Godefroid, *Partial-Order Methods for the Verification of Concurrent Systems*,
/// LNCS 1032, 1996. After a task's step has been explored in a state, the task sleeps in the states behind the next
/// alternatives, until a step depends on what its own would do: before that, its step would lead to what was seen
/// already. Of every class of schedules that differ only in the order of independent steps one is run to its end. What
/// a step touches is known after it ran (`Footprint`); who sleeps has run the same step before.
final class SystematicSearch {
    private struct Explored {
        let choice: Choice
        let footprint: Footprint
    }

    private struct Node {
        let options: [Choice]
        /// Explored already: before this state was reached, or here.
        var asleep: [Explored]
        var chosen: Choice
        /// Of the chosen step, when it has run.
        var footprint = Footprint.everything

        /// The next option that does not sleep.
        func next() -> Choice? { options.first { option in !asleep.contains { $0.choice == option } } }
    }

    private let isReducing: Bool
    private var path: [Node] = []
    private var depth = 0
    /// What the program did otherwise than in an earlier run with the same decisions.
    private(set) var divergence: String?

    init(isReducing: Bool) { self.isReducing = isReducing }

    /// The choice in the state that the run is in, or nil if everything from here on was seen.
    func choose(among options: [Choice], after footprint: Footprint) -> Choice? {
        if depth > 0 { path[depth - 1].footprint = footprint }
        defer { depth += 1 }
        if depth < path.count {
            if Set(path[depth].options) == Set(options) { return path[depth].chosen }
            divergence = "decision \(depth + 1) had \(path[depth].options.count) options, and now \(options.count)"
            return nil
        }
        let asleep =
            depth > 0 && isReducing ? path[depth - 1].asleep.filter { !$0.footprint.depends(on: footprint) } : []
        var node = Node(options: options, asleep: asleep, chosen: options[0])
        guard let choice = node.next() else { return nil }
        node.chosen = choice
        path.append(node)
        return choice
    }

    /// Prepares the next run. False if there is none.
    func advance() -> Bool {
        depth = 0
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

extension SystematicSearch {
    /// Finds the earlier steps that a step depends on and before which it could have come, and has their alternatives
    /// explored. O(steps²) in the worst case.
    func findRaces(of step: Int) {
        let quiet = path[step].quietBefore
        var before = StepSet()
        for earlier in 0..<quiet { before.insert(earlier) }
        for earlier in stride(from: step - 1, through: quiet, by: -1) where !before.contains(earlier) {
            let isOrdered =
                path[earlier].chosen.task == path[step].chosen.task || path[step].cause == earlier
                || path[earlier].footprint.enables(path[step].footprint)
            guard isOrdered || path[earlier].footprint.depends(on: path[step].footprint) else { continue }
            if !isOrdered { reverse(earlier, step, before) }
            before.formUnion(path[earlier].before)
            before.insert(earlier)
        }
        path[step].before = before
    }

    /// Has somebody else tried in place of `earlier`, such that `later` can come first.
    /// - Parameter before: the steps between the two that `later` comes after.
    private func reverse(_ earlier: Int, _ later: Int, _ before: StepSet) {
        // What does not come after `earlier` could all have run before it. It begins with one of the initials.
        var kept: [Int] = []
        var initials: [Choice] = []
        for step in (earlier + 1)...later where step == later || !path[step].before.contains(earlier) {
            let own = step == later ? before : path[step].before
            if !kept.contains(where: { own.contains($0) || path[$0].chosen.task == path[step].chosen.task }) {
                initials.append(path[step].chosen)
            }
            kept.append(step)
        }
        let candidates = path[earlier].options.filter { option in initials.contains { $0.task == option.task } }
        guard !candidates.isEmpty else {
            path[earlier].wanted = path[earlier].options
            return
        }
        if !candidates.contains(where: path[earlier].wanted.contains) { path[earlier].wanted.append(candidates[0]) }
    }
}

import BitCollections

extension SystematicSearch {
    /// Finds each earlier step that depends on this step and could have come after it. Marks the alternatives of such
    /// steps for exploration.
    /// O(steps²) in the worst case.
    func findRaces(of step: Int) {
        let quiet = path[step].quietBefore
        var before = BitSet()
        for earlier in 0..<quiet { before.insert(earlier) }
        for earlier in stride(from: step - 1, through: quiet, by: -1) where !before.contains(earlier) {
            let isOrdered =
                path[earlier].chosen.task == path[step].chosen.task || path[step].cause == earlier
                || path[earlier].accesses.enables(path[step].accesses)
            guard isOrdered || path[earlier].accesses.depends(on: path[step].accesses) else { continue }
            if !isOrdered { reverse(earlier, step, before) }
            before.formUnion(path[earlier].before)
            before.insert(earlier)
        }
        path[step].before = before
    }

    /// Marks an alternative to `earlier`, so that `later` can come first.
    /// - Parameter before: the steps between the two on which `later` depends.
    private func reverse(_ earlier: Int, _ later: Int, _ before: BitSet) {
        // The steps that do not depend on `earlier` could all have run before it. They begin with one of the
        // initials.
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

extension WorkloadPlan {
    /// How many operations there are.
    package var count: Int { phases.reduce(0) { $0 + $1.reduce(0) { $0 + $1.count } } }

    /// Plans that lack a part of this one, the smallest first: halves, quarters and so on of all operations, at last single
    /// ones.
    package var smaller: [WorkloadPlan] {
        let total = count
        var plans: [WorkloadPlan] = []
        var size = (total + 1) / 2
        while size >= 1 && plans.count < Self.mostCandidates {
            for start in stride(from: 0, to: total, by: size) {
                plans.append(without(start..<min(start + size, total)))
            }
            size /= 2
        }
        return plans
    }

    /// Of more than these, the first that still fails is soon found.
    private static let mostCandidates = 200

    /// The plan without the operations of these numbers, counted by phase, then by worker.
    private func without(_ range: Range<Int>) -> WorkloadPlan {
        var number = 0
        var plan = self
        for phase in phases.indices {
            for worker in phases[phase].indices {
                plan.phases[phase][worker] = phases[phase][worker].filter { _ in
                    defer { number += 1 }
                    return !range.contains(number)
                }
            }
        }
        return plan
    }
}

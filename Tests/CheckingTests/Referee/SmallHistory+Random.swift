import History
import Simulation

extension SmallHistory {
    /// Up to 12 operations by clients that overlap, made as a register would have answered, then falsified in most
    /// cases.
    ///
    /// Some writes fail, some have an unknown outcome, and with versions some clients never learn what they wrote.
    static func random(_ naming: Naming, seed: UInt64) -> SmallHistory {
        var random = SeededRandom(seed: seed)
        let count = Int.random(in: 1...12, using: &random)
        var moments: [Int64] = (0..<count).map { _ in Int64.random(in: 0...Int64(3 * count), using: &random) }
        moments.sort()
        var content: Int64 = 0
        var written: Int64 = 0
        var steps: [Step] = []
        let order = Array(1...12).map(Int64.init).shuffled(using: &random)
        for moment in moments {
            let before = Int64.random(in: 0...4, using: &random)
            let after = Int64.random(in: 0...4, using: &random)
            var step = Step(
                start: moment - before, end: moment + after, isWrite: Int.random(in: 0..<5, using: &random) < 2,
                label: content)
            if step.isWrite {
                written += 1
                step.label = naming == .versions ? written : order[Int(written) - 1]
                switch Int.random(in: 0..<10, using: &random) {
                case 0: step.outcome = .failed
                case 1, 2:
                    step.outcome = .unknown
                    // It happens at some moment after its start, perhaps long after its end, or not at all.
                    if Bool.random(using: &random) { step.end = step.start }
                    if Bool.random(using: &random) { content = step.label }
                    if Bool.random(using: &random) { step.end = Operation.never }
                    if naming == .versions && Bool.random(using: &random) { step.label = 0 }
                default: content = step.label
                }
            } else if Int.random(in: 0..<12, using: &random) == 0 {
                step.outcome = .unknown
            }
            steps.append(step)
        }
        if Int.random(in: 0..<4, using: &random) > 0 { falsify(&steps, &random) }
        return SmallHistory(steps: steps.shuffled(using: &random))
    }

    private static func falsify(_ steps: inout [Step], _ random: inout SeededRandom) {
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let index = steps.indices.randomElement(using: &random)!
            if steps[index].isWrite || Bool.random(using: &random) {
                let shift = Int64.random(in: -6...6, using: &random)
                steps[index].start += shift
                if steps[index].end != Operation.never { steps[index].end += shift }
            } else {
                steps[index].label = Int64.random(in: 0...6, using: &random)
            }
        }
    }
}

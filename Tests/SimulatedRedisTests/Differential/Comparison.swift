import SimulatedRedis

/// Compares the model with the server. A disagreement is reported with the shortest sequence that shows it.
struct Comparison {
    let server: RealServer
    var scripts: [ModelScript] = []

    /// - Returns: the answers to the steps, with which a test checks that it compared enough.
    /// - Throws: a description of the disagreement.
    func run(_ steps: [Step]) throws -> Tally {
        do {
            return try Session.compare(steps, on: server, scripts: scripts)
        } catch let first as Session.Disagreement {
            let shortest = shrink(Array(steps.prefix(first.stepCount)))
            let told = disagreement(shortest) ?? first
            let lines = shortest.enumerated().map { "  \($0 + 1). \($1)" }.joined(separator: "\n")
            throw Unusable(reason: "the model and the server disagree:\n\(lines)\n\(told)")
        }
    }

    private func disagreement(_ steps: [Step]) -> Session.Disagreement? {
        do {
            _ = try Session.compare(steps, on: server, scripts: scripts)
            return nil
        } catch {
            return error as? Session.Disagreement
        }
    }

    /// Shrinks the sequence: removes smaller and smaller parts while the rest still disagrees, for at most ten
    /// seconds.
    /// Each missing reply of the server costs a time-out.
    private func shrink(_ steps: [Step]) -> [Step] {
        var steps = steps
        var part = max(1, steps.count / 2)
        let end = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < end {
            var start = 0
            var isShorter = false
            while start < steps.count, ContinuousClock.now < end {
                var rest = steps
                rest.removeSubrange(start..<min(start + part, rest.count))
                if disagreement(rest) != nil {
                    steps = rest
                    isShorter = true
                } else {
                    start += part
                }
            }
            if part == 1, !isShorter { break }
            part = max(1, part / 2)
        }
        return steps
    }
}

import SimulatedRedis

/// Compares the model with the server, and tells of a disagreement by the shortest sequence that shows it.
struct Comparison {
    let server: RealServer
    var scripts: [ModelScript] = []

    /// - Returns: what the steps were answered, for a test to see that it has examined something.
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

    /// Takes away ever smaller parts for as long as the rest still disagrees, and for no longer than ten seconds: a
    /// server that answers less than expected is waited for each time.
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

import Scenarios

extension Measurements {
    /// How often circuit breakers opened, and for how long each time. What is still open in the end has no length.
    func breakers() -> [Measurement] {
        guard let managers else { return [] }
        let origin = phases.first?.start ?? 0
        var openings = 0
        var sampler = Sampler(.breakerOpen)
        for process in managers.processes {
            var opened: Int64?
            for transition in process.transitions {
                if transition.opens {
                    openings += 1
                    opened = transition.time
                }
                guard transition.closes, let start = opened else { continue }
                sampler.add(
                    Double(transition.time - start),
                    labels: phase(at: origin + start).map { ["phase": $0] } ?? [:])
            }
        }
        return [Measurement(.breakerOpenings, value: Double(openings))] + sampler.measurements()
    }
}

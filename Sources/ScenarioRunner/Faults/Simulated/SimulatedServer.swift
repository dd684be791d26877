import Simulation
import Support

/// What is wrong with the simulated server, as all ways to it see it.
final class SimulatedServer: Sendable {
    struct Condition: Sendable {
        var isDown = false
        var isPaused = false
        var isOutOfMemory = false
    }

    private let state = Lock(Condition())

    var condition: Condition {
        Simulation.touch(SimulatedPart.server, .reads)
        return state.withLock { $0 }
    }

    func change(_ body: (inout Condition) -> Void) {
        Simulation.touch(SimulatedPart.server, .writes)
        state.withLock { body(&$0) }
    }
}

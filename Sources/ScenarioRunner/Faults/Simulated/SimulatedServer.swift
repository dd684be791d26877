import Locking

/// What is wrong with the simulated server, as all ways to it see it.
final class SimulatedServer: Sendable {
    struct Condition: Sendable {
        var isDown = false
        var isPaused = false
        var isOutOfMemory = false
    }

    private let state = Lock(Condition())

    var condition: Condition { state.withLock { $0 } }

    func change(_ body: (inout Condition) -> Void) { state.withLock { body(&$0) } }
}

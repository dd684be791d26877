import Simulation
import Support

/// Whether one copy of the application runs, stands still or is gone. Everything it does beyond its own memory, and
/// everything that reaches it, passes here.
final class Lifeline: Sendable {
    /// There is nobody any more who could go on.
    struct Gone: Error {}

    private enum Condition {
        case running, paused, gone
        /// What arrived during a pause is being handed over, and what arrives meanwhile queues behind it.
        case catchingUp
    }

    private struct State {
        var condition = Condition.running
        var arrived: [@Sendable () -> Void] = []
    }

    /// Of the copy; no other has it, nor one before it.
    private let id: String
    private let state = Lock(State())
    private let paused = WaitQueue<Void>()

    init(of id: String) { self.id = id }

    var isGone: Bool { condition == .gone }

    private var condition: Condition {
        Simulation.touch(SimulatedPart.life(id), .reads)
        return state.withLock { $0.condition }
    }

    private func change<Result>(_ body: (inout State) -> Result) -> Result {
        Simulation.touch(SimulatedPart.life(id), .writes)
        return state.withLock { body(&$0) }
    }

    /// Returns at once, or when a pause is over.
    /// - Throws: ``Gone``.
    nonisolated(nonsending) func pass() async throws(Gone) {
        while true {
            switch condition {
            case .running, .catchingUp: return
            case .gone: throw Gone()
            case .paused: await paused.wait(endsWithTask: false) { change { $0.condition == .paused } }
            }
        }
    }

    /// Does something on the way out and back, with a pause possible at both ends.
    nonisolated(nonsending) func living<Value>(
        _ body: nonisolated(nonsending) () async throws -> Value
    ) async throws -> Value {
        try await pass()
        do {
            let value = try await body()
            try await pass()
            return value
        } catch {
            try await pass()
            throw error
        }
    }

    /// Hands over what arrives, in order: now, when the pause is over, or never.
    func deliver(_ body: @escaping @Sendable () -> Void) {
        switch condition {
        case .running: return body()
        case .gone: return
        case .paused, .catchingUp: break
        }
        let isNow = change { state in
            if state.condition == .paused || state.condition == .catchingUp { state.arrived.append(body) }
            return state.condition == .running
        }
        if isNow { body() }
    }

    func pause() {
        change { state in
            if state.condition == .running { state.condition = .paused }
        }
    }

    func resume() {
        let wasPaused = change { state in
            guard state.condition == .paused else { return false }
            state.condition = .catchingUp
            return true
        }
        while let next = nextArrived() {
            Simulation.touch(SimulatedPart.instance(id), .writes)
            Simulation.touch(SimulatedPart.work(id), .writes)
            next()
        }
        if wasPaused { paused.wake() }
    }

    private func nextArrived() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard state.condition == .catchingUp else { return nil }
            if state.arrived.isEmpty {
                state.condition = .running
                return nil
            }
            return state.arrived.removeFirst()
        }
    }

    func end() {
        change { state in
            state.condition = .gone
            state.arrived = []
        }
        paused.wake()
    }
}

import History
import ScenarioRunner
import Scenarios
import Synchronization

/// What a run is doing, in one line of the terminal; nothing in a pipe.
final class ProgressLine: Sendable {
    private let isShown: Bool
    private let finished = Atomic<Int>(0)

    init(isShown: Bool) { self.isShown = isShown }

    func show(_ event: ScenarioRunner.Progress) {
        if case .skipped(let scenario, let world, let reason) = event {
            Console.error(
                ("\(scenario): not run in the world \(world.rawValue)" + (reason.map { ", because \($0)" } ?? ""))
                    .printable)
        }
        guard isShown else { return }
        switch event {
        case .skipped: break
        case .started(let scenario, let seed): Console.progress("\(count) \(scenario): setting up (seed \(seed))")
        case .phase(let scenario, let phase, let number, let total):
            Console.progress("\(count) \(scenario): \(phase) (\(number) of \(total))")
        case .checking(let scenario): Console.progress("\(count) \(scenario): checking")
        case .finished: finish()
        }
    }

    /// One of them has ended.
    func finish() {
        finished.add(1, ordering: .relaxed)
        clear()
    }

    func clear() { if isShown { Console.clearProgress() } }

    private var count: String { "[\(finished.load(ordering: .relaxed))]" }
}
